// What a tuner finds on an adapter, as plain data: it is kept by adapter, and the page shows it.

/** One class of matrix products, timed with every kernel that could compute it. */
export interface TuningStep {
  /** How activations are stored: float32, or float16 packed by fours. */
  readonly storage: 'full' | 'packed';
  /** The class, for people: "forward, narrow". */
  readonly product: string;
  /** The product that stood for its class: out[M, N] = a[M, K] b[K, N]. */
  readonly shape: { readonly M: number; readonly N: number; readonly K: number };
  /** The kernels, for people; the first is the usual one. */
  readonly kernels: readonly string[];
  /** Milliseconds of one product with each. */
  readonly ms: readonly number[];
}

/** What is kept of an adapter. */
export interface Tuning {
  readonly measuredAtMs: number;
  /** Switched off, it is kept but not followed. */
  readonly on: boolean;
  readonly steps: readonly TuningStep[];
}

/** The place of the fastest kernel of a step. */
export function fastest({ ms }: TuningStep): number {
  return ms.indexOf(Math.min(...ms));
}
