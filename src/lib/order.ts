// Calls that take effect in the order in which they were made, though some have to wait for what they need.

import type { Lazy } from './lazy.ts';

export class CallOrder {
  /** Settles when every call so far has taken effect; undefined where none waits. */
  #waiting: Promise<void> | undefined;

  /** Whether a call made now would have to wait. */
  get waits(): boolean {
    return this.#waiting !== undefined;
  }

  /**
   * Calls `act` with what it needs: at once, where that is there and no earlier call waits; otherwise after those.
   * Only what `act` does before it returns is ordered; a promise that it returns holds nobody up.
   */
  call<N, T>(needed: Lazy<N>, act: (made: N) => T | Promise<T>): T | Promise<T> {
    const { ready } = needed;
    const before = this.#waiting;
    if (ready !== undefined && !before) return act(ready);
    const turn = needed.get().then(async (made) => {
      await before;
      // In an object, since returning a promise would wait for it.
      return { result: act(made) };
    });
    const settled = turn.then(
      () => undefined,
      () => before,
    );
    this.#waiting = settled;
    void settled.then(() => {
      if (this.#waiting === settled) this.#waiting = undefined;
    });
    return turn.then(({ result }) => result);
  }
}
