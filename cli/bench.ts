// `bench`: measures this machine, and prints one row a measurement.

import { Bench } from '../bench/bench.ts';
import { driverVersion, packageVersion, weftVersion } from '../bench/machine.ts';
import { adapterOf, type Run } from '../bench/results.ts';
import type { Row } from '../bench/rows.ts';
import { runBench as measure } from '../bench/run.ts';
import { readSettings, settingsHelp, settingsOptions } from '../bench/settings.ts';
import { rowWords } from '../bench/words.ts';
import { openDawn } from './adapter.ts';
import { Arguments } from './arguments.ts';
import { writeBytes } from './files.ts';
import type { Output } from './output.ts';

export const benchHelp = `${settingsHelp} [--out FILE]`;

/** Without them Dawn rounds timestamps to 65 microseconds. */
const toggles = ['enable-dawn-features=allow_unsafe_apis', 'disable-dawn-features=timestamp_quantization'];
/** Drivers of desktop systems may end what runs longer; servers do not. */
const LONGEST_DISPATCH_MS = 10_000;

export async function runBench(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, { ...settingsOptions, out: 'value', json: 'flag' });
  const settings = await readSettings(given);
  const host = { webgpu: await openDawn(toggles), longestDispatchMs: LONGEST_DISPATCH_MS };
  const bench = await Bench.open(host, settings);
  const rows: Row[] = [];
  const run: Run = {
    runtime: 'node',
    adapter: adapterOf(bench.gpu),
    driver: driverVersion(),
    date: new Date().toISOString().slice(0, 10),
    versions: {
      weft: weftVersion(),
      node: process.versions.node,
      webgpu: packageVersion('webgpu') ?? 'unknown',
    },
    ceilings: bench.ceilings,
    rows,
  };
  const out = given.text('out');
  for await (const row of measure(bench)) {
    rows.push(row);
    output.print(row, rowWords(row));
    // After every row: whatever ends the run, what was measured is kept.
    if (out !== undefined)
      await writeBytes(out, new TextEncoder().encode(`${JSON.stringify(run, null, 1)}\n`));
  }
  bench.close();
  return 0;
}
