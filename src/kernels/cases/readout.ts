// Attention read back, over every factor and form: single rows of weights, and pictures of the whole matrix and of
// parts of it, with cells that hold many pairs, one pair, and not the same number each.

import type { Span } from '../../model/attention.ts';
import { mapSums, segmentWeights } from '../../reference/ops.ts';
import { attentionMap, attentionWeights, MAP_SIDE, MAP_STATISTICS, mostKeys } from '../readout.ts';
import type { Storage } from '../storage.ts';
import { type AttentionCase, attentionInputs, extremes, usualAttention } from './attention.ts';
import type { KernelCase } from './case.ts';

export function readoutCases(): KernelCase[] {
  const usual = usualAttention();
  return [...usual, ...extremes].flatMap((attention, index) => {
    // A CPU compiles a map for a third of a second: it gets one length of every pattern, and the extremes.
    const gpuOnly = index < usual.length && attention.T !== 150;
    const maps = mapCases(attention, index, 'full').map((testCase) => ({ ...testCase, gpuOnly }));
    // Stored in float16 they are the same kernels, reading otherwise.
    const packed =
      attention.T === 150 ? [...rowCases(attention, 'packed'), ...mapCases(attention, 2, 'packed')] : [];
    return [
      ...rowCases(attention, 'full'),
      ...maps,
      ...packed.map((testCase) => ({
        ...testCase,
        name: `${testCase.name}, in float16`,
        gpuOnly: attention.name !== 'fixed merged',
      })),
    ];
  });
}

const label = ({ name, T, stride, nHead }: AttentionCase, what: string) =>
  `attention ${what}, ${name}, T ${T}, stride ${stride}, ${nHead} heads`;

const halvesOf = (storage: Storage) => (storage === 'packed' ? { halves: ['qkv'] } : {});

/** Every segment of a layer with its heads. */
function segmentRuns(attention: AttentionCase, storage: Storage) {
  const inputs = attentionInputs(attention, storage);
  const runs = inputs.groups.flatMap(({ firstHead, nHead, segments }) =>
    segments.map((segment) => ({ segment, firstHead, nHead })),
  );
  return { ...inputs, runs };
}

/** What a forward pass leaves for the kernels. */
function storedOf({ made }: ReturnType<typeof segmentRuns>) {
  const { qkv, lse } = made();
  return { qkv, lse };
}

/** The queries, keys and log-sum-exp of one window. */
function windowOf({ made, shape }: ReturnType<typeof segmentRuns>, batch: number) {
  const { qkv, reference } = made();
  const size = qkv.length / shape.B;
  const lse = shape.nHead * shape.T;
  return {
    qkv: qkv.subarray(batch * size, (batch + 1) * size),
    lse: reference.lse.subarray(batch * lse, (batch + 1) * lse),
  };
}

function rowCases(attention: AttentionCase, storage: Storage): KernelCase[] {
  const inputs = segmentRuns(attention, storage);
  const { T } = attention;
  return inputs.runs.map(({ segment, firstHead, nHead }): KernelCase => {
    const queries = [...new Set([0, 1, T >> 1, T - 2, T - 1])];
    const targets = queries.flatMap((query) =>
      Array.from({ length: nHead }, (_, index) => [firstHead + index, query] as const),
    );
    const most = mostKeys(segment, T);
    return {
      name: label(attention, `rows of heads from ${firstHead}, ${segment.factor}`),
      kernels: [attentionWeights(inputs.shape, segment, targets.length, storage)],
      ...halvesOf(storage),
      inputs: () => ({
        ...storedOf(inputs),
        targets: new Uint8Array(Uint32Array.from(targets.flat()).buffer),
        weights: new Float64Array(targets.length * most),
      }),
      expected: () => {
        const weights = new Float64Array(targets.length * most);
        for (const [index, [head, query]] of targets.entries()) {
          const window = windowOf(inputs, 0);
          const row = segmentWeights(window, inputs.referenceShape, segment, head, query);
          weights.set(row.weights, index * most);
        }
        return { weights };
      },
      tolerance: 2e-6,
    };
  });
}

/** Parts of the matrix: the whole of it, a square on the diagonal, and one below it that few factors reach. */
function parts(T: number): readonly { queries: Span; keys: Span; cells: number }[] {
  const third = Math.max(1, Math.floor(T / 3));
  return [
    { queries: { from: 0, to: T }, keys: { from: 0, to: T }, cells: 48 },
    { queries: { from: third, to: T - 1 }, keys: { from: third, to: T }, cells: MAP_SIDE },
    { queries: { from: T - third, to: T }, keys: { from: 0, to: third }, cells: 7 },
  ];
}

function mapCases(attention: AttentionCase, index: number, storage: Storage): KernelCase[] {
  const inputs = segmentRuns(attention, storage);
  const { B, T } = attention;
  return inputs.runs.map(({ segment, ...heads }, run): KernelCase => {
    const all = parts(T).filter(({ queries }) => queries.from < queries.to);
    const { queries, keys, cells } = all[(index + run) % all.length]!;
    const rows = Math.min(cells, queries.to - queries.from);
    const columns = Math.min(cells, keys.to - keys.from);
    const batch = B - 1;
    // The first rows of cells are left to another dispatch.
    const firstRow = rows > 20 ? 3 : 0;
    const view = [queries.from, queries.to, keys.from, keys.to, rows, columns, firstRow, batch];
    return {
      name: label(attention, `map of heads from ${heads.firstHead}, ${segment.factor}, ${rows} x ${columns}`),
      kernels: [attentionMap(inputs.shape, { ...heads, segment }, rows, storage)],
      ...halvesOf(storage),
      inputs: () => ({
        ...storedOf(inputs),
        view: Uint32Array.from(view).buffer,
        sums: new Float64Array(heads.nHead * MAP_SIDE * MAP_SIDE),
        statistics: new Float64Array(heads.nHead * MAP_SIDE * MAP_STATISTICS),
      }),
      expected: () => {
        const sums = new Float64Array(heads.nHead * MAP_SIDE * MAP_SIDE);
        const statistics = new Float64Array(heads.nHead * MAP_SIDE * MAP_STATISTICS);
        const window = windowOf(inputs, batch);
        for (let head = 0; head < heads.nHead; head++) {
          for (let row = firstRow; row < rows; row++) {
            const length = queries.to - queries.from;
            const one = {
              from: queries.from + Math.ceil((row * length) / rows),
              to: queries.from + Math.ceil(((row + 1) * length) / rows),
            };
            const part = { queries: one, keys, rows: 1, columns };
            const { weights, entropy, distance, mass } = mapSums(
              window,
              inputs.referenceShape,
              segment,
              heads.firstHead + head,
              part,
            );
            const line = head * MAP_SIDE + row;
            sums.set(weights, line * MAP_SIDE);
            statistics.set([entropy, distance, mass], line * MAP_STATISTICS);
          }
        }
        return { sums, statistics };
      },
      tolerance: 4e-6,
    };
  });
}
