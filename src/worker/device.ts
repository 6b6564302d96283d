// The device that engines are laid out on, and what happens when it is lost. A browser shuts a site out of WebGPU
// for two minutes after its second crash, so that trying again and again makes it worse: one attempt at once, and
// one more when the two minutes are surely over. Then it is for the person to decide.

import { EngineError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';
import type { EngineInfo } from '../protocol/index.ts';
import type { Engines } from './engines.ts';

/** Automatic attempts are at least so far apart. */
export const ATTEMPT_EVERY_MS = 120_000;
/** A browser's two minutes, with some to spare. */
export const RETRY_AFTER_MS = 125_000;

export type OpenEngines = (options: { fallback: boolean }) => Promise<Engines>;

export interface RecoveryOptions {
  /** Breaks the waiting off. */
  readonly signal: AbortSignal;
  /** Told before each attempt; with a time when it comes later. */
  readonly onAttempt: (retryAtMs?: number) => void;
}

export class Device {
  readonly #open: OpenEngines;
  readonly #onInfo: (info: EngineInfo) => void;
  #engines: Promise<Engines> | undefined;
  #wasOpen = false;
  #attemptedAtMs = Number.NEGATIVE_INFINITY;

  constructor(open: OpenEngines, onInfo: (info: EngineInfo) => void) {
    this.#open = open;
    this.#onInfo = onInfo;
  }

  /** The device, opened at the first call; later calls stay with the kind of engine that the first one got. */
  engines(): Promise<Engines> {
    this.#engines ??= this.#openNow();
    return this.#engines;
  }

  /**
   * Opens a new device in place of a lost one and runs `rebuild` on it. Resolves with false when `signal` ended the
   * waiting; throws what the last attempt threw.
   */
  async recover(rebuild: () => Promise<unknown>, { signal, onAttempt }: RecoveryOptions): Promise<boolean> {
    const recently = Date.now() - this.#attemptedAtMs < ATTEMPT_EVERY_MS;
    let failure: unknown;
    for (const waitMs of recently ? [RETRY_AFTER_MS] : [0, RETRY_AFTER_MS]) {
      onAttempt(waitMs > 0 ? Date.now() + waitMs : undefined);
      if (waitMs > 0 && !(await sleep(waitMs, signal))) return false;
      this.#attemptedAtMs = Date.now();
      try {
        this.discard();
        await rebuild();
        return true;
      } catch (error) {
        if (!isLoss(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** Closes the device; the next call of `engines` opens another. */
  discard(): void {
    void this.#engines?.then((engines) => engines.close()).catch(() => {});
    this.#engines = undefined;
    this.#wasOpen = true;
  }

  async #openNow(): Promise<Engines> {
    try {
      const engines = await this.#open({ fallback: !this.#wasOpen });
      this.#onInfo(engines.info);
      return engines;
    } catch (error) {
      this.#engines = undefined;
      throw error;
    }
  }
}

/** Whether another attempt may help: the device is gone, or the browser gives none at the moment. */
function isLoss(error: unknown): boolean {
  return error instanceof EngineError && (error.code === 'device-lost' || error.code === 'no-webgpu');
}
