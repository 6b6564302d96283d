// `info`: the adapter, and what the engine makes of it.

import { Arguments } from './arguments.ts';
import { type EngineKind, openEngines } from './engines.ts';
import type { Output } from './output.ts';

export const infoOptions = { engine: 'value', json: 'flag' } as const;

export async function runInfo(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, infoOptions);
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
