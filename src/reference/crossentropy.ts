// Softmax cross-entropy in nats: loss = log(sum of exp(logits)) - logits[target].

/** logits [rows, V], targets [rows] -> loss of each row [rows]. */
export function crossEntropyForward(
  logits: Float64Array,
  targets: Uint8Array,
  vocabSize: number,
): Float64Array {
  return Float64Array.from(targets, (target, row) => {
    const rowLogits = logits.subarray(row * vocabSize, (row + 1) * vocabSize);
    return logSumExp(rowLogits) - rowLogits[target]!;
  });
}

/** The gradient of scale * (sum of the losses): dLogits [rows, V] = scale * (softmax(logits) - one-hot(target)). */
export function crossEntropyBackward(
  logits: Float64Array,
  targets: Uint8Array,
  vocabSize: number,
  scale: number,
): Float64Array {
  const dLogits = new Float64Array(logits.length);
  for (const [row, target] of targets.entries()) {
    const start = row * vocabSize;
    const lse = logSumExp(logits.subarray(start, start + vocabSize));
    for (let i = start; i < start + vocabSize; i++) dLogits[i] = scale * Math.exp(logits[i]! - lse);
    dLogits[start + target]! -= scale;
  }
  return dLogits;
}

/** log(sum of exp(values)), computed from the largest value down so that it cannot overflow. */
function logSumExp(values: Float64Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) max = Math.max(max, value);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - max);
  return max + Math.log(sum);
}
