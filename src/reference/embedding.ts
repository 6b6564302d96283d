// Byte and position embedding behind the right shift (paper section 5.3): row 0 of a window is a learned
// start vector; row t carries byte t - 1 with the position t - 1, and predicts byte t.
//   h_0 = start,  h_t = E[x_(t-1)] + sum over tables j of W_j[floor((t-1) / divisor_j) mod rows_j].

export interface EmbeddingWeights {
  /** [V, dModel] */
  readonly token: Float64Array;
  /** [dModel] */
  readonly start: Float64Array;
  /** Each [rows, dModel]. */
  readonly positions: readonly Float64Array[];
}

export interface EmbeddingShape {
  /** Bytes of one window. */
  readonly T: number;
  readonly dModel: number;
  /** The divisor of each position table; see `positionTableDivisors`. */
  readonly divisors: readonly number[];
}

/** tokens [B * T] -> h [B * T, dModel]. */
export function embeddingForward(
  tokens: Uint8Array,
  weights: EmbeddingWeights,
  shape: EmbeddingShape,
): Float64Array {
  const h = new Float64Array(tokens.length * shape.dModel);
  for (let row = 0; row < tokens.length; row++) {
    h.set(embedRow(tokens, row, weights, shape), row * shape.dModel);
  }
  return h;
}

/** Row `row` of h alone, [dModel]; reads only the byte before it. */
export function embedRow(
  tokens: Uint8Array,
  row: number,
  weights: EmbeddingWeights,
  shape: EmbeddingShape,
): Float64Array {
  const h = new Float64Array(shape.dModel);
  for (const vector of vectorsOf(tokens, row, weights, shape)) {
    for (let i = 0; i < h.length; i++) h[i]! += vector[i]!;
  }
  return h;
}

/** Adds the gradients of the tables to `gradient`: each row's dH [B * T, dModel] goes to all of the row's vectors. */
export function embeddingBackward(
  tokens: Uint8Array,
  dH: Float64Array,
  gradient: EmbeddingWeights,
  shape: EmbeddingShape,
): void {
  const { dModel } = shape;
  for (let row = 0; row < tokens.length; row++) {
    for (const vector of vectorsOf(tokens, row, gradient, shape)) {
      for (let i = 0; i < dModel; i++) vector[i]! += dH[row * dModel + i]!;
    }
  }
}

/** The table rows that add up to row `row` of h. */
function vectorsOf(
  tokens: Uint8Array,
  row: number,
  { token, start, positions }: EmbeddingWeights,
  { T, dModel, divisors }: EmbeddingShape,
): Float64Array[] {
  if (row % T === 0) return [start];
  const tableRow = (table: Float64Array, index: number) =>
    table.subarray(index * dModel, (index + 1) * dModel);
  const position = (row % T) - 1;
  return [
    tableRow(token, tokens[row - 1]!),
    ...positions.map((table, j) =>
      tableRow(table, Math.floor(position / divisors[j]!) % (table.length / dModel)),
    ),
  ];
}
