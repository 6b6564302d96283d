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

export type FailureCode =
  /** A file that is not what it should be. */
  | 'bad-file'
  /** A setting or an argument that makes no sense. */
  | 'bad-input'
  /** A setting of a model or of a run that cannot work. */
  | 'bad-config'
  | 'not-found'
  | 'storage-full'
  | 'cancelled'
  /** Training whose loss or gradient stopped being a number. */
  | 'diverged';

/** An expected failure outside the engine, told to a person as it is. What is neither this nor an EngineError is a bug. */
export class Failure extends Error {
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
  }
}
