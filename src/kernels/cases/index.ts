// Every kernel case, by operation.

import { attentionCases } from './attention.ts';
import type { KernelCase } from './case.ts';
import { decodeCases } from './decode.ts';
import { embeddingCases } from './embedding.ts';
import { layerNormCases } from './layernorm.ts';
import { matmulCases } from './matmul.ts';
import { readoutCases } from './readout.ts';
import { stepCases } from './step.ts';

export { type CaseResult, judge, type KernelCase, type Measure, relativeError, runCase } from './case.ts';

export const kernelCases: Readonly<Record<string, () => readonly KernelCase[]>> = {
  attention: attentionCases,
  decode: decodeCases,
  embedding: embeddingCases,
  layernorm: layerNormCases,
  matmul: matmulCases,
  readout: readoutCases,
  step: stepCases,
};
