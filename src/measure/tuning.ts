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

/** What a kernel has to save before it takes the usual one's place: less is within what timings of one kernel differ by. */
const WORTH = 0.02;

/** The place of the kernel to take: of the fastest or, where that saves too little to be sure of, of the usual one. */
export function chosen({ ms }: TuningStep): number {
  const least = Math.min(...ms);
  return least < (1 - WORTH) * (ms[0] ?? least) ? ms.indexOf(least) : 0;
}
