// `info`: the adapter, and what the engine makes of it; or what is in a file of weights.

import { mediumWords } from '../src/data/medium.ts';
import { parameterLayout } from '../src/model/parameters.ts';
import { Arguments } from './arguments.ts';
import { type EngineKind, openEngines } from './engines.ts';
import { readWeights } from './model.ts';
import type { Output } from './output.ts';

export const infoOptions = { weights: 'value', engine: 'value', json: 'flag' } as const;

export async function runInfo(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, infoOptions);
  const weightsPath = given.text('weights');
  if (weightsPath !== undefined) return weightsInfo(weightsPath, output);
  const kind = given.choice<EngineKind>('engine', ['webgpu', 'reference'], 'webgpu');
  const { info } = await openEngines(kind, (words) => output.note(words));
  const lines = [
    `engine        ${info.engine}`,
    `adapter       ${[info.vendor, info.architecture, info.description].filter(Boolean).join(', ')}`,
    `computes on   ${info.software ? 'the CPU' : 'the GPU'}`,
    `features      ${info.features.join(', ') || 'none'}`,
    `kernels       ${info.ladder.join(', ')}`,
    `largest buffer ${(info.maxBufferBytes / 2 ** 20).toFixed(0)} MiB`,
  ];
  output.print(info, lines.join('\n'));
  return 0;
}

async function weightsInfo(path: string, output: Output): Promise<number> {
  const { parameters: _, ...about } = await readWeights(path);
  const { name, medium, config, step, heldOutBitsPerByte } = about;
  const { nLayer, nHead, dModel, contextLength } = config;
  const parameters = parameterLayout(config).count;
  const lines = [
    `name          ${name}`,
    `medium        ${mediumWords(medium)}`,
    `parameters    ${parameters.toLocaleString('en')}`,
    `layers        ${nLayer}, of ${nHead} heads and width ${dModel}`,
    `context       ${contextLength.toLocaleString('en')} bytes`,
    `trained       ${step.toLocaleString('en')} steps`,
    ...(heldOutBitsPerByte === undefined
      ? []
      : [`held-out      ${heldOutBitsPerByte.toFixed(3)} bits per byte`]),
  ];
  output.print({ ...about, parameters }, lines.join('\n'));
  return 0;
}
