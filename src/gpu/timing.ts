// How long each dispatch of a plan takes, by timestamps around passes of one dispatch each.

import type { Gpu } from './device.ts';
import type { Plan } from './plan.ts';

export interface DispatchTime {
  readonly label: string;
  /** Median over the runs. */
  readonly ms: number;
}

/** Times every dispatch of a plan; needs the `timestamp-query` feature. */
export async function timeDispatches(gpu: Gpu, plan: Plan, runs = 5): Promise<DispatchTime[]> {
  const count = plan.length;
  const samples: number[][] = Array.from({ length: count }, () => []);
  const chunk = 1024;
  for (let run = 0; run < runs; run++) {
    for (let first = 0; first < count; first += chunk) {
      const last = Math.min(count, first + chunk);
      const queries = gpu.device.createQuerySet({ type: 'timestamp', count: 2 * (last - first) });
      const resolved = gpu.device.createBuffer({
        size: 16 * (last - first),
        usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
      });
      const encoder = gpu.device.createCommandEncoder();
      for (let index = first; index < last; index++) {
        const slot = 2 * (index - first);
        const pass = encoder.beginComputePass({
          timestampWrites: {
            querySet: queries,
            beginningOfPassWriteIndex: slot,
            endOfPassWriteIndex: slot + 1,
          },
        });
        plan.encode(pass, index, index + 1);
        pass.end();
      }
      encoder.resolveQuerySet(queries, 0, 2 * (last - first), resolved, 0);
      gpu.device.queue.submit([encoder.finish()]);
      const times = new BigUint64Array(await gpu.read(resolved));
      for (let index = first; index < last; index++) {
        const slot = 2 * (index - first);
        samples[index]!.push(Number(times[slot + 1]! - times[slot]!) / 1e6);
      }
      queries.destroy();
      resolved.destroy();
    }
  }
  return plan.labels.map((label, index) => ({ label, ms: median(samples[index]!) }));
}

/** The middle value; of an even number, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
