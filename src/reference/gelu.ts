// The paper's activation (section 5.2): f(x) = x * sigmoid(1.702 x).

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** x of any shape -> f(x). */
export function geluForward(x: Float64Array): Float64Array {
  return x.map((value) => value * sigmoid(1.702 * value));
}

/** dX = dY * s * (1 + 1.702 x (1 - s)), with s = sigmoid(1.702 x). */
export function geluBackward(x: Float64Array, dY: Float64Array): Float64Array {
  return x.map((value, i) => {
    const s = sigmoid(1.702 * value);
    return dY[i]! * s * (1 + 1.702 * value * (1 - s));
  });
}
