// Linear projections: y = x W + b, with W stored [dIn, dOut].

export interface LinearShape {
  readonly rows: number;
  readonly dIn: number;
  readonly dOut: number;
}

/** x [rows, dIn], weight [dIn, dOut], bias [dOut] or none -> y [rows, dOut]. */
export function linearForward(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array | undefined,
  { rows, dIn, dOut }: LinearShape,
): Float64Array {
  const y = new Float64Array(rows * dOut);
  for (let row = 0; row < rows; row++) {
    const yRow = row * dOut;
    if (bias) y.set(bias, yRow);
    for (let i = 0; i < dIn; i++) {
      const factor = x[row * dIn + i]!;
      const wRow = i * dOut;
      for (let j = 0; j < dOut; j++) y[yRow + j]! += factor * weight[wRow + j]!;
    }
  }
  return y;
}

/** dX = dY W^T, dWeight = x^T dY, dBias = sum of dY over the rows. */
export function linearBackward(
  x: Float64Array,
  weight: Float64Array,
  dY: Float64Array,
  { rows, dIn, dOut }: LinearShape,
): { dX: Float64Array; dWeight: Float64Array; dBias: Float64Array } {
  const dX = new Float64Array(rows * dIn);
  const dWeight = new Float64Array(dIn * dOut);
  const dBias = new Float64Array(dOut);
  for (let row = 0; row < rows; row++) {
    const yRow = row * dOut;
    for (let j = 0; j < dOut; j++) dBias[j]! += dY[yRow + j]!;
    for (let i = 0; i < dIn; i++) {
      const factor = x[row * dIn + i]!;
      const wRow = i * dOut;
      let sum = 0;
      for (let j = 0; j < dOut; j++) {
        const dy = dY[yRow + j]!;
        sum += dy * weight[wRow + j]!;
        dWeight[wRow + j]! += factor * dy;
      }
      dX[row * dIn + i] = sum;
    }
  }
  return { dX, dWeight, dBias };
}
