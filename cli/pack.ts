// `pack`: weights in float16, for the way to somebody else: half the size, and each number the nearest there is.
// The models that come with the page (public/models) are files of this kind.

import { encodeWeights } from '../src/checkpoint/weights.ts';
import { Failure } from '../src/lib/errors.ts';
import { MAX_NAME } from '../src/model/config.ts';
import { parameterLayout } from '../src/model/parameters.ts';
import { Arguments } from './arguments.ts';
import { writeBytes } from './files.ts';
import { readWeights } from './model.ts';
import type { Output } from './output.ts';

export const packOptions = { weights: 'value', name: 'value', out: 'value', json: 'flag' } as const;

const LARGEST_FLOAT16 = 65_504;

export async function runPack(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, packOptions);
  const path = given.required('weights');
  const out = given.required('out');
  const weights = await readWeights(path);
  const tooLarge = weights.parameters.find((value) => Math.abs(value) > LARGEST_FLOAT16);
  if (tooLarge !== undefined) {
    throw new Failure(
      'bad-input',
      `${path} cannot be packed: a weight is ${tooLarge}, and float16 ends at 65,504.`,
    );
  }
  const name = given.text('name', MAX_NAME) ?? weights.name;
  const file = encodeWeights({ ...weights, name }, 'F16');
  await writeBytes(out, file);
  const parameters = parameterLayout(weights.config).count;
  const result = { out, parameters, sizeBytes: file.length };
  output.print(
    result,
    `${out}: ${parameters.toLocaleString('en')} parameters in ${file.length.toLocaleString('en')} bytes`,
  );
  return 0;
}
