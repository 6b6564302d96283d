// Layer normalisation over the last axis: y = (x - mean) * rstd * gain + bias, with rstd = 1 / sqrt(variance + eps).

export interface LayerNormShape {
  readonly rows: number;
  readonly width: number;
  readonly eps: number;
}

/** x [rows, width], gain and bias [width] -> y [rows, width], and the statistics mean and rstd [rows]. */
export function layerNormForward(
  x: Float64Array,
  gain: Float64Array,
  bias: Float64Array,
  { rows, width, eps }: LayerNormShape,
): { y: Float64Array; mean: Float64Array; rstd: Float64Array } {
  const y = new Float64Array(rows * width);
  const mean = new Float64Array(rows);
  const rstd = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    let sum = 0;
    for (let i = 0; i < width; i++) sum += x[start + i]!;
    const m = sum / width;
    let squares = 0;
    for (let i = 0; i < width; i++) squares += (x[start + i]! - m) ** 2;
    const r = 1 / Math.sqrt(squares / width + eps);
    for (let i = 0; i < width; i++) y[start + i] = (x[start + i]! - m) * r * gain[i]! + bias[i]!;
    mean[row] = m;
    rstd[row] = r;
  }
  return { y, mean, rstd };
}

/**
 * With n = (x - mean) * rstd and g = dY * gain: dX = rstd * (g - mean(g) - n * mean(g * n)),
 * dGain = sum of dY * n and dBias = sum of dY over the rows.
 */
export function layerNormBackward(
  x: Float64Array,
  gain: Float64Array,
  mean: Float64Array,
  rstd: Float64Array,
  dY: Float64Array,
  { rows, width }: Omit<LayerNormShape, 'eps'>,
): { dX: Float64Array; dGain: Float64Array; dBias: Float64Array } {
  const dX = new Float64Array(rows * width);
  const dGain = new Float64Array(width);
  const dBias = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    const m = mean[row]!;
    const r = rstd[row]!;
    let sumG = 0;
    let sumGN = 0;
    for (let i = 0; i < width; i++) {
      const dy = dY[start + i]!;
      const n = (x[start + i]! - m) * r;
      sumG += dy * gain[i]!;
      sumGN += dy * gain[i]! * n;
      dGain[i]! += dy * n;
      dBias[i]! += dy;
    }
    for (let i = 0; i < width; i++) {
      const n = (x[start + i]! - m) * r;
      dX[start + i] = r * (dY[start + i]! * gain[i]! - sumG / width - (n * sumGN) / width);
    }
  }
  return { dX, dGain, dBias };
}
