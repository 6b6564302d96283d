// Long computations in a worker give way to its messages now and then.

/** Returns a function to await often: it gives the event loop a turn once `everyMs` have passed since the last. */
export function breather(everyMs = 50): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < everyMs) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
