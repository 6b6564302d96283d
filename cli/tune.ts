// `tune`: measures which tiles are fastest for matrix products on this machine's GPU. `--clear` forgets it.

import { choicesOf, type TuningStep, tune } from '../src/kernels/tuner.ts';
import { Failure } from '../src/lib/errors.ts';
import { openDawn } from './adapter.ts';
import { Arguments } from './arguments.ts';
import { openUntunedGpu } from './engines.ts';
import type { Output } from './output.ts';
import { keepChoices } from './tuning.ts';

export async function runTune(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, { clear: 'flag', json: 'flag' });
  const gpu = await openUntunedGpu(await openDawn());
  if (given.flag('clear')) {
    await keepChoices(gpu, undefined);
    output.print({ cleared: true }, 'Forgotten: products take the usual tiles again.');
    return 0;
  }
  if (gpu.profile.software) throw new Failure('bad-input', 'There is no graphics card here to tune for.');
  const steps: TuningStep[] = [];
  for await (const step of tune(gpu)) {
    steps.push(step);
    const { storage, product, ms } = step;
    const best = ms.indexOf(Math.min(...ms));
    const figures = ms.map((time, index) => `${time.toFixed(4)}${index === best ? '*' : ''}`).join('  ');
    output.print({ ...step, best }, `${storage.padEnd(6)}  ${product.padEnd(28)}  ${figures} ms`);
  }
  await keepChoices(gpu, choicesOf(steps));
  output.note('Kept for the next commands. WEFT_TUNING=off leaves it aside, --clear forgets it.');
  return 0;
}
