// Errors that are meant for a person: what happened, what is safe, what to do.

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

/** An expected failure, whose message can be shown as it is. Anything else that is thrown is a bug. */
export class Failure extends Error {
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
  }
}
