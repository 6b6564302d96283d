// Rows of the attention matrix from the GPU: nothing larger than the rows that were asked for is ever made.

import { PlanBuilder } from '../../gpu/plan.ts';
import { attentionWeights, mostKeys } from '../../kernels/index.ts';
import { Lazy } from '../../lib/lazy.ts';
import type { Segment } from '../../patterns/index.ts';
import {
  type AttentionRow,
  type AttentionRowsRequest,
  keysAt,
  rowsProblem,
  type SeenKeys,
} from '../attention.ts';
import { headGroups } from '../config.ts';
import { EngineError } from '../engine.ts';
import { attentionShape } from '../views.ts';
import { layerTensors, type Resident, withBuffers } from './resident.ts';

/** Most weights of one answer. */
const MAX_WEIGHTS = 2 ** 24;

interface Target {
  readonly head: number;
  readonly query: number;
}

/** The rows wanted of one segment. */
interface Run {
  readonly segment: Segment;
  readonly most: number;
  readonly targets: readonly Target[];
}

/** See `Engine.attentionRows`. */
export async function readRows(
  resident: Resident,
  request: AttentionRowsRequest,
): Promise<readonly AttentionRow[]> {
  const { gpu, context } = resident;
  const problem = rowsProblem(request, context.config);
  if (problem) throw new EngineError('internal', problem);
  const { layer } = request;
  const tokens = request.tokens.slice();
  const shape = attentionShape(context);
  const runs = runsOf(request, context.config);
  if (runs.reduce((sum, { most, targets }) => sum + most * targets.length, 0) > MAX_WEIGHTS) {
    throw new EngineError('internal', `${request.queries.length} rows are too many at once.`);
  }
  return withBuffers(gpu, async (keep) => {
    const outputs = await gpu.guard(() =>
      runs.map(({ targets, most }) => {
        const list = keep(gpu.storage('attention.targets', 8 * targets.length));
        const words = targets.flatMap(({ head, query }) => [head, query]);
        gpu.device.queue.writeBuffer(list, 0, Uint32Array.from(words));
        const weights = keep(gpu.storage('attention.weights', 4 * most * targets.length));
        return { targets: list, weights };
      }),
    );
    const { qkv, lse } = layerTensors(context, layer);
    const builder = new PlanBuilder(gpu);
    for (const [index, { segment, targets }] of runs.entries()) {
      builder.add(attentionWeights(shape, segment, targets.length, context.variants.storage), {
        qkv,
        lse,
        ...outputs[index]!,
      });
    }
    const plans = resident.plansOf(layer, new Lazy(() => builder.build()));
    const read = await resident.read(plans, [tokens], layer, {
      after: () => Promise.all(outputs.map(({ weights }) => gpu.read(weights))),
    });
    return assembled(request, runs, read);
  });
}

/** The segments that the wanted heads use, each with the rows that are wanted of it. */
function runsOf(
  { layer, heads, queries }: AttentionRowsRequest,
  config: Parameters<typeof headGroups>[0],
): Run[] {
  return headGroups(config, layer).flatMap(({ firstHead, nHead, segments }) => {
    const own = heads.filter((head) => head >= firstHead && head < firstHead + nHead);
    const targets = own.flatMap((head) => queries.map((query) => ({ head, query })));
    if (targets.length === 0) return [];
    return segments.map((segment) => ({ segment, most: mostKeys(segment, config.contextLength), targets }));
  });
}

/** The rows, head by head, from the weights of each run. */
function assembled(
  { layer, heads, queries }: AttentionRowsRequest,
  runs: readonly Run[],
  read: readonly ArrayBuffer[],
): AttentionRow[] {
  return heads.flatMap((head) =>
    queries.map((query): AttentionRow => {
      const segments = runs.flatMap(({ segment, most, targets }, index): SeenKeys[] => {
        const at = targets.findIndex((target) => target.head === head && target.query === query);
        if (at < 0) return [];
        const keys = keysAt(segment, head, query);
        const weights = new Float32Array(read[index]!, 4 * at * most, keys.length).slice();
        return [{ factor: segment.factor, keys, weights }];
      });
      return { layer, head, query, segments };
    }),
  );
}
