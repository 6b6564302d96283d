// Pictures of the attention matrix from the GPU: for every head a few thousand cells, whatever the length, added up
// over windows on the GPU. Work goes out in short submissions, between which it can be cancelled.

import { type Plan, PlanBuilder } from '../../gpu/plan.ts';
import {
  attentionMap,
  MAP_SIDE,
  MAP_STATISTICS,
  MAP_VIEW_BYTES,
  type SegmentHeads,
} from '../../kernels/index.ts';
import { Failure } from '../../lib/errors.ts';
import { Lazy } from '../../lib/lazy.ts';
import { headGroupPairs } from '../../patterns/index.ts';
import {
  type AttentionMaps,
  type AttentionMapsRequest,
  type HeadMap,
  headMap,
  type MapSums,
  mapShape,
  mapsProblem,
} from '../attention.ts';
import { headGroups } from '../config.ts';
import { EngineError } from '../engine.ts';
import { attentionShape } from '../views.ts';
import { layerTensors, type Resident, withBuffers } from './resident.ts';

/** Query-key pairs of one submission: some milliseconds of a GPU, or of a CPU. */
const PAIRS = { hardware: 2 ** 25, software: 2 ** 16 };

/** A run of heads with one of its segments, and the buffers of its part of the picture. */
interface MapPart {
  readonly heads: SegmentHeads;
  readonly sums: GPUBuffer;
  readonly statistics: GPUBuffer;
}

interface LayerMap {
  readonly layer: number;
  readonly plan: Lazy<Plan>;
  readonly parts: readonly MapPart[];
  /** Rows of cells in one submission. */
  readonly rowsAtOnce: number;
}

type Keep = (buffer: GPUBuffer) => GPUBuffer;
type MapShape = ReturnType<typeof mapShape>;

/** See `Engine.attentionMaps`. */
export async function readMaps(resident: Resident, request: AttentionMapsRequest): Promise<AttentionMaps> {
  const { gpu, context } = resident;
  const problem = mapsProblem(request, context.config);
  if (problem) throw new EngineError('internal', problem);
  const { signal, onProgress } = request;
  const part = mapShape(request);
  const windows = request.windows.map((window) => window.slice());
  return withBuffers(gpu, async (keep) => {
    const view = keep(gpu.uniform('attention.view', MAP_VIEW_BYTES));
    const layers = await gpu.guard(() =>
      request.layers.map((layer) => layOut(resident, layer, part, view, keep)),
    );
    const turns = Math.ceil(windows.length / context.microBatch) * layers.length;
    let done = 0;
    for (let first = 0; first < windows.length; first += context.microBatch) {
      const batch = windows.slice(first, first + context.microBatch);
      for (const layer of layers) {
        await addLayer(resident, layer, batch, part, view, signal, (share) =>
          onProgress?.((done + share) / turns),
        );
        done += 1;
      }
    }
    const heads: HeadMap[] = [];
    for (const layer of layers) heads.push(...(await collect(resident, layer, part, windows.length)));
    return { rows: part.rows, columns: part.columns, heads };
  });
}

/** The plan of one layer's pictures, over buffers of its own. */
function layOut(
  { gpu, context }: Resident,
  layer: number,
  { rows }: MapShape,
  view: GPUBuffer,
  keep: Keep,
): LayerMap {
  const { config } = context;
  const groups = headGroups(config, layer);
  const pairs = groups.reduce((sum, group) => sum + headGroupPairs(group, config.contextLength), 0);
  const budget = gpu.profile.software ? PAIRS.software : PAIRS.hardware;
  const rowsAtOnce = Math.max(1, Math.min(rows, Math.floor((rows * budget) / pairs)));
  const { qkv, lse } = layerTensors(context, layer);
  const builder = new PlanBuilder(gpu);
  const parts = groups.flatMap(({ firstHead, nHead, segments }) =>
    segments.map((segment): MapPart => {
      const storage = (label: string, numbers: number) =>
        keep(gpu.storage(`attention.${label}`, 4 * nHead * MAP_SIDE * numbers));
      const heads = { segment, firstHead, nHead };
      const [sums, statistics] = [storage('sums', MAP_SIDE), storage('statistics', MAP_STATISTICS)];
      builder.add(attentionMap(attentionShape(context), heads, rowsAtOnce, context.variants.storage), {
        ...{ qkv, lse, view, sums, statistics },
      });
      return { heads, sums, statistics };
    }),
  );
  return { layer, plan: new Lazy(() => builder.build()), parts, rowsAtOnce };
}

/** Adds a layer's pictures of at most microBatch windows, in short submissions. */
async function addLayer(
  resident: Resident,
  { layer, plan, rowsAtOnce }: LayerMap,
  windows: readonly Uint8Array[],
  { queries, keys, rows, columns }: MapShape,
  view: GPUBuffer,
  signal: AbortSignal | undefined,
  onProgress: (share: number) => void,
): Promise<void> {
  const { gpu } = resident;
  const { queue } = gpu.device;
  const plans = resident.plansOf(layer, plan);
  const span = [queries.from, queries.to, keys.from, keys.to, rows, columns];
  for (const [batch] of windows.entries()) {
    for (let firstRow = 0; firstRow < rows; firstRow += rowsAtOnce) {
      if (signal?.aborted) throw new Failure('cancelled', 'Looking inside was stopped.');
      await resident.read(plans, windows, layer, {
        prepare: () => queue.writeBuffer(view, 0, Uint32Array.from([...span, firstRow, batch])),
        after: () => gpu.answer(queue.onSubmittedWorkDone()),
      });
      gpu.check();
      onProgress((batch * rows + Math.min(rows, firstRow + rowsAtOnce)) / (windows.length * rows));
    }
  }
}

/** Reads a layer's pictures. */
async function collect(
  { gpu, context }: Resident,
  { layer, parts }: LayerMap,
  part: MapShape,
  windows: number,
): Promise<HeadMap[]> {
  const read = await Promise.all(
    parts.map(async ({ heads, sums, statistics }) => {
      const [cells, numbers] = await Promise.all([gpu.read(sums), gpu.read(statistics)]);
      return { heads, cells: new Float32Array(cells), numbers: new Float32Array(numbers) };
    }),
  );
  return Array.from({ length: context.config.nHead }, (_, head) => {
    const own = read.filter(
      ({ heads: { firstHead, nHead } }) => head >= firstHead && head < firstHead + nHead,
    );
    const sums = own.map(({ heads: { segment, firstHead }, cells, numbers }) =>
      headSums(segment.factor, cells, numbers, head - firstHead, part),
    );
    return headMap(layer, head, sums, part, windows);
  });
}

/** One head's numbers among those of its run. */
function headSums(
  factor: MapSums['factor'],
  cells: Float32Array,
  numbers: Float32Array,
  index: number,
  { rows, columns }: MapShape,
): MapSums {
  const weights = new Float32Array(rows * columns);
  const totals = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const line = index * MAP_SIDE + row;
    weights.set(cells.subarray(line * MAP_SIDE, line * MAP_SIDE + columns), row * columns);
    for (let i = 0; i < MAP_STATISTICS; i++) totals[i]! += numbers[line * MAP_STATISTICS + i]!;
  }
  return { factor, weights, entropy: totals[0]!, distance: totals[1]!, mass: totals[2]! };
}
