// `npm run bench:browser`: the same measurements in Chromium, as a user of the site has them.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Arguments } from '../cli/arguments.ts';
import { exit, Output } from '../cli/output.ts';
import { Failure } from '../src/lib/errors.ts';
import { launchChromium } from './chromium.ts';
import { driverVersion, today, weftVersion } from './machine.ts';
import type { BenchPage } from './page.ts';
import { Recorder } from './record.ts';
import { serve } from './serve.ts';
import { readSettings, settingsHelp, settingsOptions } from './settings.ts';

const help = `npm run bench:browser -- [--json] [--out FILE] [--gpu] [--unsafe]
        ${settingsHelp}
--gpu uses the graphics card under Linux; --unsafe adds WebGPU features that users do not have.`;

/** Beside this file, once bundled, lies the page. */
const pageFolder = join(dirname(fileURLToPath(import.meta.url)), 'page');

async function run(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, {
    ...settingsOptions,
    out: 'value',
    json: 'flag',
    gpu: 'flag',
    unsafe: 'flag',
  });
  const { data, ...settings } = await readSettings(given);
  const site = await serve(pageFolder, { '/data': data });
  const browser = await launchChromium({ gpu: given.flag('gpu'), unsafe: given.flag('unsafe') });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => output.note(message.text()));
    let recorder: Recorder | undefined;
    const onStart: BenchPage['onStart'] = async (adapter, ceilings) => {
      if (given.flag('gpu') && adapter.software) {
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
        versions: { weft: weftVersion(), chromium: browser.version() },
        ceilings,
      });
    };
    const onRow: BenchPage['onRow'] = async (row) => recorder?.add(row);
    await page.exposeFunction('onStart', onStart);
    await page.exposeFunction('onRow', onRow);
    await page.goto(site.url);
    await page.evaluate((wanted) => (globalThis as unknown as BenchPage).measure(wanted), settings);
    return 0;
  } finally {
    await browser.close();
    site.close();
  }
}

export async function main(args: readonly string[]): Promise<never> {
  const output = new Output(args.includes('--json'));
  if (args.includes('--help')) {
    output.write(`${help}\n`);
    return exit(0);
  }
  try {
    return await exit(await run(args, output));
  } catch (error) {
    return exit(output.failure(error));
  }
}
