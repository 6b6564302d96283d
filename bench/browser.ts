// `npm run bench:browser`: the same measurements in Chromium, as a user of the site has them.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Arguments } from '../cli/arguments.ts';
import { type Output, runCommand } from '../cli/output.ts';
import { Failure } from '../src/lib/errors.ts';
import { chromiumOptions, withPage } from './chromium.ts';
import { driverVersion, today, weftVersion } from './machine.ts';
import type { BenchPage } from './page.ts';
import { Recorder } from './record.ts';
import { readSettings, settingsHelp, settingsOptions } from './settings.ts';

const help = `npm run bench:browser -- [--json] [--out FILE] [--gpu] [--unsafe]
        ${settingsHelp}
--gpu uses the graphics card under Linux; --unsafe adds WebGPU features that users do not have.`;

/** Beside this file, once bundled, lies the page. */
const pageFolder = join(dirname(fileURLToPath(import.meta.url)), 'browser');

async function run(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, { ...settingsOptions, ...chromiumOptions, out: 'value', json: 'flag' });
  const { data, ...settings } = await readSettings(given);
  const choice = { gpu: given.flag('gpu'), unsafe: given.flag('unsafe') };
  const note = (words: string) => output.note(words);
  return withPage(choice, pageFolder, data, note, async (page, chromium) => {
    let recorder: Recorder | undefined;
    const onStart: BenchPage['onStart'] = async (adapter, ceilings) => {
      if (choice.gpu && adapter.software) {
        throw new Failure(
          'bad-input',
          `Chromium found no graphics card: it would use ${adapter.architecture}.`,
        );
      }
      recorder = new Recorder(output, given.text('out'), {
        runtime: 'chromium',
        adapter,
        driver: driverVersion(),
        date: today(),
        versions: { weft: weftVersion(), chromium },
        ceilings,
      });
    };
    const onRow: BenchPage['onRow'] = async (row) => recorder?.add(row);
    await page.exposeFunction('onStart', onStart);
    await page.exposeFunction('onRow', onRow);
    await page.evaluate((wanted) => (globalThis as unknown as BenchPage).measure(wanted), settings);
    return 0;
  });
}

export function main(args: readonly string[]): Promise<never> {
  return runCommand(args, help, run);
}
