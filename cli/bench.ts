// `bench`: measures this machine, and prints one row a measurement.

import { driverVersion, packageVersion, today, weftVersion } from '../bench/machine.ts';
import { Recorder } from '../bench/record.ts';
import { readSettings, settingsHelp, settingsOptions } from '../bench/settings.ts';
import { adapterOf } from '../src/measure/adapter.ts';
import { Bench } from '../src/measure/bench.ts';
import { runBench as measure } from '../src/measure/run.ts';
import { openDawn } from './adapter.ts';
import { Arguments } from './arguments.ts';
import type { Output } from './output.ts';

export const benchHelp = `${settingsHelp} [--out FILE]`;

/** Without them Dawn rounds timestamps to 65 microseconds. */
const toggles = ['disable-dawn-features=timestamp_quantization'];
/** Drivers of desktop systems may end what runs longer; those of servers do not. */
const LONGEST_DISPATCH_MS = 10_000;

export async function runBench(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, { ...settingsOptions, out: 'value', json: 'flag' });
  const settings = await readSettings(given);
  const webgpu = await openDawn(toggles);
  const bench = await Bench.open({ webgpu, longestDispatchMs: LONGEST_DISPATCH_MS }, settings);
  const recorder = new Recorder(output, given.text('out'), {
    runtime: 'node',
    adapter: adapterOf(bench.gpu),
    driver: driverVersion(),
    date: today(),
    versions: {
      weft: weftVersion(),
      node: process.versions.node,
      webgpu: packageVersion('webgpu') ?? 'unknown',
    },
    ceilings: bench.ceilings,
  });
  for await (const row of measure(bench)) await recorder.add(row);
  bench.close();
  return 0;
}
