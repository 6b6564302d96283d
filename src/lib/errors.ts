// Errors that are meant for a person.

export type EngineErrorCode =
  /** No WebGPU, or no adapter. */
  | 'no-webgpu'
  /** The device went away; everything on it is gone. */
  | 'device-lost'
  | 'out-of-memory'
  /** A configuration that cannot run, in words. */
  | 'bad-config'
  /** An error inside the engine: a bug. */
  | 'internal';

/** An error whose message is meant for a person: what happened, what is safe, what to do. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}
