// `check`: every kernel case and every model case on this machine's GPU, against the float64 reference: the same cases
// that the tests run on a software adapter, and those that only a GPU compiles in reasonable time.

import type { Gpu } from '../src/gpu/device.ts';
import { type CaseResult, kernelCases, runCase } from '../src/kernels/cases/index.ts';
import { Failure } from '../src/lib/errors.ts';
import { modelCases, runModelCase } from '../src/model/cases.ts';
import { openDawn } from './adapter.ts';
import { Arguments } from './arguments.ts';
import { runShares, startCheck } from './check-jobs.ts';
import { CheckReport } from './check-report.ts';
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

const options = { only: 'value', part: 'value', from: 'value', jobs: 'value', json: 'flag' } as const;

export async function runCheck(args: readonly string[], output: Output): Promise<number> {
  const given = new Arguments(args, options);
  const only = given.text('only') ?? '';
  const [part, parts] = partOf(given.text('part') ?? '1/1');
  const from = given.count('from', 1, 1, 1_000_000);
  const jobs = given.count('jobs', 1, 1, 64);
  if (jobs > 1 && (given.has('part') || given.has('from'))) {
    throw new Failure('bad-input', '--jobs shares all cases out by itself: leave out --part and --from.');
  }
  const named = allChecks().filter(({ name }) => name.includes(only));
  if (named.length === 0) throw new Failure('bad-input', `No case has "${only}" in its name.`);
  const webgpu = await openDawn();
  if (jobs === 1) {
    const checks = inPart(named, part, parts).slice(from - 1);
    return runAll(checks, () => openGpu(webgpu), output, stopSignal());
  }
  // Whatever is wrong with the adapter is told here, once.
  const gpu = await openGpu(webgpu);
  const report = new CheckReport(output, named.length);
  report.adapter(gpu.profile);
  gpu.destroy();
  const shares = Array.from({ length: jobs }, (_, job) =>
    inPart(named, job + 1, jobs).map(({ name }) => name),
  );
  return runShares(shares, report, (job, first) =>
    startCheck([`--only=${only}`, `--part=${job + 1}/${jobs}`, `--from=${first + 1}`]),
  );
}

/** The cases of the I-th of N parts, which are about as long as each other. */
const inPart = (checks: readonly Check[], part: number, parts: number) =>
  checks.filter((_, index) => index % parts === part - 1);

/** Reads I/N: the I-th of N parts, so that several processes can share the compiling. */
function partOf(text: string): [part: number, parts: number] {
  const [, part, parts] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  if (part && parts && Number(part) >= 1 && Number(part) <= Number(parts))
    return [Number(part), Number(parts)];
  throw new Failure('bad-input', '--part takes I/N, such as 2/8 for the second of eight parts.');
}

/** Runs the checks in turn, and returns the exit code. */
export async function runAll(
  checks: readonly Check[],
  open: () => Promise<Gpu>,
  output: Output,
  stop: StopSignal,
): Promise<number> {
  const report = new CheckReport(output, checks.length);
  let gpu = await open();
  report.adapter(gpu.profile);
  for (const check of checks) {
    if (stop.requested) break;
    const leftOut = check.leftOut(gpu);
    if (leftOut) {
      report.add({ case: check.name, leftOut });
      continue;
    }
    const { measures, failures } = await check.run(gpu).catch(async (error: unknown) => {
      // The device may be lost, or refuse everything from now on; the next case starts afresh.
      gpu.destroy();
      gpu = await open();
      return { measures: [], failures: [error instanceof Error ? error.message : String(error)] };
    });
    report.add({ case: check.name, measures, failures });
  }
  return report.end();
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
