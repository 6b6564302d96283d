// What `check` prints: what fails as it fails, with --json every case, and how many did at the end.

import type { DeviceProfile } from '../src/gpu/device.ts';
import type { Measure } from '../src/kernels/cases/index.ts';
import { variantWords } from '../src/kernels/variants.ts';
import type { Output } from './output.ts';

/** What came of a case, as a line of JSON. */
export type CheckLine =
  | { readonly case: string; readonly leftOut: string }
  | { readonly case: string; readonly measures: readonly Measure[]; readonly failures: readonly string[] };

export class CheckReport {
  readonly output: Output;
  readonly #total: number;
  readonly #counts = { passed: 0, failed: 0, leftOut: 0 };
  #done = 0;

  constructor(output: Output, total: number) {
    this.output = output;
    this.#total = total;
  }

  adapter(profile: DeviceProfile): void {
    this.output.print(
      { adapter: profile },
      `adapter  ${[profile.vendor, profile.architecture, profile.description].filter(Boolean).join(', ')}\n` +
        `kernels  ${variantWords(profile).join(', ')}`,
    );
  }

  add(line: CheckLine): void {
    this.output.share(++this.#done / this.#total);
    if ('leftOut' in line) {
      this.#counts.leftOut++;
      if (this.output.json) this.output.print(line, '');
      return;
    }
    const failed = line.failures.length > 0;
    this.#counts[failed ? 'failed' : 'passed']++;
    if (failed || this.output.json) {
      this.output.share(1);
      this.output.print(line, `FAILED  ${line.case}\n        ${line.failures.join('\n        ')}`);
    }
  }

  /** Prints the counts and returns the exit code: 1 when a case failed, 130 when the person stopped before the last. */
  end(): number {
    const { passed, failed, leftOut } = this.#counts;
    const notRun = this.#total - this.#done;
    if (notRun > 0) this.output.share(1);
    const leftOutWords = leftOut > 0 ? `, ${leftOut} left out: not for this adapter` : '';
    const stopped = notRun > 0 ? `; stopped, ${notRun} not run` : '';
    this.output.print(
      { ...this.#counts, ...(notRun > 0 ? { notRun } : {}) },
      `${passed} passed, ${failed} failed${leftOutWords}${stopped}`,
    );
    if (failed > 0) return 1;
    return notRun > 0 ? 130 : 0;
  }
}
