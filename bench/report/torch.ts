// What PyTorch reaches on the same machine, looked up in its benchmark's output for each of our measurements.

import type { TorchResults } from '../results.ts';

export type Precision = 'fp32' | 'tf32' | 'bf16';

export interface TorchTime {
  readonly ms: number;
  /** Which of PyTorch's ways was the fastest. */
  readonly how: string;
}

function number(torch: TorchResults, job: string, row: string, field: string): number | undefined {
  const value = torch[job]?.rows?.[row]?.[field];
  return typeof value === 'number' ? value : undefined;
}

/** The fastest training step of a model, over attention kernels, compilation and CUDA graphs. */
export function torchStep(torch: TorchResults, model: string, precision: Precision): TorchTime | undefined {
  const times: TorchTime[] = [];
  for (const [job, { rows = {} }] of Object.entries(torch)) {
    const prefix = `train.${model}.${precision}.`;
    if (!job.startsWith(prefix)) continue;
    for (const [mode, { ms }] of Object.entries(rows)) {
      if (typeof ms === 'number') times.push({ ms, how: `${job.slice(prefix.length)} ${mode}` });
    }
  }
  return fastest(times);
}

/** The jobs and rows that compute a pattern's attention, the same pairs or more. */
const attentionJobs: Readonly<Record<string, readonly (readonly [job: string, row: string, how: string])[]>> =
  {
    dense: [
      ['op.sdpa', 'P.memeff.', 'memory-efficient'],
      ['op.sdpa', 'P.flash.', 'flash'],
      ['op.sdpa', 'P.cudnn.', 'cuDNN'],
      ['op.sdpa', 'P.math.', 'plain'],
    ],
    local: [['op.window.P', '', 'FlexAttention']],
    column: [['op.sdpa', 'P.column.', 'dense on columns']],
    strided: [
      ['op.strided_lse.P', '', 'FlexAttention and columns'],
      ['op.flex_strided.P', '', 'FlexAttention'],
    ],
    fixed: [
      ['op.fixed_gather.P', '', 'FlexAttention on gathered keys'],
      ['op.flex_fixed.P', '', 'FlexAttention'],
    ],
  };

/** The fastest attention with a pattern: forward, or forward and backward together. */
export function torchAttention(
  torch: TorchResults,
  pattern: string,
  length: number,
  precision: Precision,
  pass: 'fwd' | 'fwdbwd',
): TorchTime | undefined {
  const times = (attentionJobs[pattern] ?? []).flatMap(([job, row, how]) => {
    const inPrecision = (text: string) => text.replace('P', precision);
    const ms = number(torch, inPrecision(job), `${inPrecision(row)}n${length}`, `${pass}_ms`);
    return ms === undefined ? [] : [{ ms, how }];
  });
  return fastest(times);
}

/** A product of two square matrices. */
export function torchCube(torch: TorchResults, size: number, precision: Precision): TorchTime | undefined {
  const ms = number(torch, 'matmul', `${precision}.${size}`, 'ms');
  return ms === undefined ? undefined : { ms, how: 'cuBLAS' };
}

/** A byte for each of `samples` sequences, drawn at temperature 1. */
export function torchByte(torch: TorchResults, samples: number, precision: Precision): TorchTime | undefined {
  const times = Object.entries(torch[`decode.${precision}`]?.rows ?? {}).flatMap(([name, row]) => {
    const us = row.us_per_step;
    const wanted = name.includes(`.B${samples}.`) && name.endsWith('.sampled');
    return wanted && typeof us === 'number' ? [{ ms: us / 1000, how: name.split('.').at(-2)! }] : [];
  });
  return fastest(times);
}

/** GPU, driver and PyTorch version. */
export function torchVersions(torch: TorchResults): string {
  const env = torch.matmul?.rows?.env ?? {};
  return [`PyTorch ${env.torch ?? '?'}`, `CUDA ${env.cuda ?? '?'}`, String(env.gpu ?? '')]
    .filter(Boolean)
    .join(', ');
}

function fastest(times: readonly TorchTime[]): TorchTime | undefined {
  return times.reduce<TorchTime | undefined>(
    (best, time) => (best && best.ms <= time.ms ? best : time),
    undefined,
  );
}
