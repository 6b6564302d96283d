// Calls that take effect in the order in which they were made, though some have to wait for what they need.

import type { Lazy } from './lazy.ts';

/** Makes later calls wait for what a call still does. */
export type Hold = (effect: Promise<unknown>) => void;

export class CallOrder {
  /** Settles when every call so far has taken effect; undefined where none waits. */
  #waiting: Promise<void> | undefined;

  /** Whether a call made now would have to wait. */
  get waits(): boolean {
    return this.#waiting !== undefined;
  }

  /**
   * Calls `act` with what it needs: at once, where that is there and no earlier call waits; otherwise after those.
   * Only what `act` does before it returns is ordered, and what it gives to `hold`: later calls wait for that. A promise
   * that it returns holds nobody up.
   */
  call<N, T>(needed: Lazy<N>, act: (made: N, hold: Hold) => T | Promise<T>): T | Promise<T> {
    const { ready } = needed;
    const before = this.#waiting;
    let held: Promise<unknown> | undefined;
    const hold: Hold = (effect) => {
      held = effect;
    };
    if (ready !== undefined && !before) {
      const result = act(ready, hold);
      if (held) this.#wait(settling(held));
      return result;
    }
    const turn = needed.get().then(async (made) => {
      await before;
      // In an object, since returning a promise would wait for it.
      return { result: act(made, hold) };
    });
    const settled = turn.then(
      () => held && settling(held),
      () => before,
    );
    this.#wait(settled);
    return turn.then(({ result }) => result);
  }

  #wait(settled: Promise<void>): void {
    this.#waiting = settled;
    void settled.then(() => {
      if (this.#waiting === settled) this.#waiting = undefined;
    });
  }
}

/** Resolves when a promise settles, whichever way. */
function settling(promise: Promise<unknown>): Promise<void> {
  return promise.then(
    () => undefined,
    () => undefined,
  );
}
