// Errors as plain records: a GPU's own errors cannot cross to the page, and Comlink would drop their fields.

import { EngineError, Failure } from '../lib/errors.ts';
import type { Result, WireError } from '../protocol/index.ts';

/** What the page is told of anything that was thrown. */
export function toWireError(error: unknown): WireError {
  if (error instanceof EngineError || error instanceof Failure) {
    return { code: error.code, message: error.message };
  }
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'internal',
    message: `Something went wrong inside Weft (${words}). Saved runs are safe; reload the page to go on.`,
  };
}

/** Runs a command: its value, or its error as a record. */
export async function resultOf<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toWireError(error) };
  }
}

export const isDeviceLost = (error: unknown): boolean =>
  error instanceof EngineError && error.code === 'device-lost';
