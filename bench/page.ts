// The browser's half of a run in Chromium: bench/browser.ts opens the page, calls `measure`, and is handed the rows
// as they come.

import { adapterOf } from '../src/measure/adapter.ts';
import { Bench, type BenchSettings } from '../src/measure/bench.ts';
import type { Adapter, Ceilings, Row } from '../src/measure/rows.ts';
import { runBench } from '../src/measure/run.ts';

/** What the two halves say to each other. */
export interface BenchPage {
  /** Called from outside, to measure; the bytes to train on are fetched from `/data`. */
  measure(settings: Omit<BenchSettings, 'data'>): Promise<void>;
  /** Provided from outside. */
  onStart(adapter: Adapter, ceilings: Ceilings): Promise<void>;
  onRow(row: Row): Promise<void>;
}

/** Windows ends what keeps the GPU for two seconds. */
const LONGEST_DISPATCH_MS = 2000;

const page = globalThis as unknown as BenchPage;

page.measure = async (settings) => {
  const data = new Uint8Array(await (await fetch('/data')).arrayBuffer());
  const host = { webgpu: navigator.gpu, longestDispatchMs: LONGEST_DISPATCH_MS };
  const bench = await Bench.open(host, { ...settings, data });
  await page.onStart(adapterOf(bench.gpu), bench.ceilings);
  for await (const row of runBench(bench)) await page.onRow(row);
  bench.close();
};
