// One piece of work at a time, in the order in which it was asked for.

export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** How many pieces of work wait for their turn: a long one may ask, and give way. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Runs `work` after all earlier work, whether that succeeded or not. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const result = this.#tail.then(() => {
      this.#waiting -= 1;
      return work();
    });
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Runs `work` in its turn, unless `signal` is aborted before that: resolves with undefined then, at once. */
  async runUnless<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    if (signal.aborted) return undefined;
    let begun = false;
    const turn = this.run(async () => {
      begun = true;
      return signal.aborted ? undefined : work();
    });
    let leave = () => {};
    const left = new Promise<undefined>((resolve) => {
      leave = () => begun || resolve(undefined);
    });
    signal.addEventListener('abort', leave);
    try {
      return await Promise.race([turn, left]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
