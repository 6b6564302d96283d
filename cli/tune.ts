// `tune`: measures which kernels are fastest for matrix products on this machine's GPU. `--clear` forgets it.

import { tune } from '../src/measure/tuner.ts';
import { chosen, type TuningStep } from '../src/measure/tuning.ts';
import { openDawn } from './adapter.ts';
import { Arguments } from './arguments.ts';
import { openUntunedGpu } from './engines.ts';
import type { Output } from './output.ts';
import { keepSteps } from './tuning.ts';

export async function runTune(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, { clear: 'flag', json: 'flag' });
  const gpu = await openUntunedGpu(await openDawn());
  if (given.flag('clear')) {
    await keepSteps(gpu, undefined);
    output.print({ cleared: true }, 'Forgotten: products take the usual kernels again.');
    return 0;
  }
  const steps: TuningStep[] = [];
  for await (const step of tune(gpu)) {
    steps.push(step);
    const { storage, product, ms } = step;
    const best = chosen(step);
    const figures = ms.map((time, index) => `${time.toFixed(4)}${index === best ? '*' : ''}`).join('  ');
    output.print({ ...step, best }, `${storage.padEnd(6)}  ${product.padEnd(28)}  ${figures} ms`);
  }
  await keepSteps(gpu, steps);
  output.note('Kept for the next commands. WEFT_TUNING=off leaves it aside, --clear forgets it.');
  return 0;
}
