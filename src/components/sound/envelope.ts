// A sound as columns of a picture: the lowest and highest sample in each, and how surprising its samples are.

export interface Envelope {
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Mean bits of each column; zeros where none are given. */
  readonly bits: Float32Array;
}

/**
 * `columns` columns over `length` samples, of which the first `samples.length` have come: columns behind them lie at
 * nothing.
 */
export function envelope(
  samples: Float32Array,
  length: number,
  columns: number,
  bits?: Float32Array,
): Envelope {
  const low = new Float32Array(columns);
  const high = new Float32Array(columns);
  const means = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * length) / columns);
    const to = Math.min(samples.length, Math.max(from + 1, Math.floor(((column + 1) * length) / columns)));
    if (from >= to) break;
    let [least, most, sum] = [1, -1, 0];
    for (let i = from; i < to; i++) {
      const sample = samples[i] ?? 0;
      least = Math.min(least, sample);
      most = Math.max(most, sample);
      sum += bits?.[i] ?? 0;
    }
    low[column] = least;
    high[column] = most;
    means[column] = sum / (to - from);
  }
  return { low, high, bits: means };
}
