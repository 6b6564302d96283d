// Ctrl-C, for work that can end in good order.

export interface StopSignal {
  readonly requested: boolean;
}

/** Becomes true at the first Ctrl-C, which `onRequest` is told; the second ends the process at once. */
export function stopSignal(onRequest: () => void = () => {}): StopSignal {
  const signal = { requested: false };
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (signal.requested) process.exit(130);
      signal.requested = true;
      onRequest();
    });
  }
  return signal;
}
