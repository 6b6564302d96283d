// Runs the groups of measurements in turn, on any WebGPU: in Node and in a browser alike.

import type { Bench } from './bench.ts';
import { attentionRows } from './groups/attention.ts';
import { lengthRows } from './groups/length.ts';
import { matmulRows } from './groups/matmul.ts';
import { memoryRows } from './groups/memory.ts';
import { sampleRows } from './groups/sample.ts';
import { startupRows } from './groups/startup.ts';
import { trainRows } from './groups/train.ts';
import { watchRows } from './groups/watch.ts';
import type { Group, Row } from './rows.ts';

const groups: { readonly [G in Group]: (bench: Bench) => AsyncGenerator<Row> } = {
  attention: attentionRows,
  matmul: matmulRows,
  train: trainRows,
  sample: sampleRows,
  watch: watchRows,
  memory: memoryRows,
  length: lengthRows,
  startup: startupRows,
};

/** The rows of every group that was asked for, each as soon as it is measured. */
export async function* runBench(bench: Bench): AsyncGenerator<Row> {
  for (const group of bench.settings.groups) yield* groups[group](bench);
}
