// `check`: every kernel case and every model case on this machine's GPU, against the float64 reference: the same cases
// that the tests run on a software adapter, and those that only a GPU compiles in reasonable time.

import type { Gpu } from '../src/gpu/device.ts';
import { type CaseResult, kernelCases, runCase } from '../src/kernels/cases/index.ts';
import { variantWords } from '../src/kernels/variants.ts';
import { Failure } from '../src/lib/errors.ts';
import { modelCases, runModelCase } from '../src/model/cases.ts';
import { openDawn } from './adapter.ts';
import { Arguments } from './arguments.ts';
import { openGpu } from './engines.ts';
import { type StopSignal, stopSignal } from './interrupt.ts';
import type { Output } from './output.ts';

/** A case of either kind. */
export interface Check {
  readonly name: string;
  /** Why this adapter cannot run it, or should not. */
  leftOut(gpu: Gpu): string | undefined;
  run(gpu: Gpu): Promise<CaseResult>;
}

export async function runCheck(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, { only: 'value', part: 'value', json: 'flag' });
  const only = given.text('only') ?? '';
  const [part, parts] = partOf(given.text('part') ?? '1/1');
  const named = allChecks().filter(({ name }) => name.includes(only));
  if (named.length === 0) throw new Failure('bad-input', `No case has "${only}" in its name.`);
  const checks = named.filter((_, index) => index % parts === part - 1);
  const webgpu = await openDawn();
  return runAll(checks, () => openGpu(webgpu), output, stopSignal());
}

/** Reads I/N: the I-th of N parts, so that several processes can share the compiling. */
function partOf(text: string): [part: number, parts: number] {
  const [, part, parts] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  if (part && parts && Number(part) >= 1 && Number(part) <= Number(parts))
    return [Number(part), Number(parts)];
  throw new Failure('bad-input', '--part takes I/N, such as 2/8 for the second of eight parts.');
}

/**
 * Runs the checks in turn and prints what fails, and how many did; the exit code is 1 when one failed, and 130 when the
 * person stopped before the last.
 */
export async function runAll(
  checks: readonly Check[],
  open: () => Promise<Gpu>,
  output: Output,
  stop: StopSignal,
): Promise<number> {
  let gpu = await open();
  const { profile } = gpu;
  output.print(
    { adapter: profile },
    `adapter  ${[profile.vendor, profile.architecture, profile.description].filter(Boolean).join(', ')}\n` +
      `kernels  ${variantWords(profile).join(', ')}`,
  );
  const counts = { passed: 0, failed: 0, leftOut: 0 };
  let done = 0;
  for (const check of checks) {
    if (stop.requested) break;
    output.share(++done / checks.length);
    const leftOut = check.leftOut(gpu);
    if (leftOut) {
      counts.leftOut++;
      if (output.json) output.print({ case: check.name, leftOut }, '');
      continue;
    }
    const { measures, failures } = await check.run(gpu).catch(async (error: unknown) => {
      // The device may be lost, or refuse everything from now on; the next case starts afresh.
      gpu.destroy();
      gpu = await open();
      return { measures: [], failures: [error instanceof Error ? error.message : String(error)] };
    });
    const failed = failures.length > 0;
    counts[failed ? 'failed' : 'passed']++;
    if (failed || output.json) {
      output.share(1);
      output.print(
        { case: check.name, measures, failures },
        `FAILED  ${check.name}\n        ${failures.join('\n        ')}`,
      );
    }
  }
  const notRun = checks.length - done;
  if (notRun > 0) output.share(1);
  const leftOut = counts.leftOut > 0 ? `, ${counts.leftOut} left out: not for this adapter` : '';
  const stopped = notRun > 0 ? `; stopped, ${notRun} not run` : '';
  output.print(
    { ...counts, ...(notRun > 0 ? { notRun } : {}) },
    `${counts.passed} passed, ${counts.failed} failed${leftOut}${stopped}`,
  );
  if (counts.failed > 0) return 1;
  return notRun > 0 ? 130 : 0;
}

function allChecks(): Check[] {
  const kernels = Object.values(kernelCases).flatMap((cases) => cases());
  return [
    ...kernels.map(
      (kernelCase): Check => ({
        name: kernelCase.name,
        leftOut({ profile }) {
          const { gpuOnly = false, workgroupBytes = 0 } = kernelCase;
          const { subgroupMatrix: matrix } = kernelCase;
          if (matrix && JSON.stringify(matrix) !== JSON.stringify(profile.subgroupMatrix)) {
            return 'needs subgroup matrices of another size';
          }
          if (gpuOnly && profile.software) return 'takes a CPU long to compile';
          return workgroupBytes > profile.workgroupStorageBytes
            ? `needs ${workgroupBytes} bytes of workgroup memory`
            : undefined;
        },
        run: (gpu) => runCase(gpu, kernelCase),
      }),
    ),
    ...modelCases.map(
      (modelCase): Check => ({
        name: `model ${modelCase.name}`,
        leftOut: ({ profile }) => (modelCase.gpuOnly && profile.software ? 'takes a CPU minutes' : undefined),
        run: (gpu) => runModelCase(gpu, modelCase),
      }),
    ),
  ];
}
