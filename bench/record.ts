// Keeps the rows of a run as they come: printed at once, and written to a file after each one, so that whatever ends
// the run, what was measured is kept.

import { writeBytes } from '../cli/files.ts';
import type { Output } from '../cli/output.ts';
import type { Row } from '../src/measure/rows.ts';
import type { Run } from './results.ts';
import { rowWords } from './words.ts';

export class Recorder {
  readonly #output: Output;
  readonly #out: string | undefined;
  readonly #about: Omit<Run, 'rows'>;
  readonly #rows: Row[] = [];

  constructor(output: Output, out: string | undefined, about: Omit<Run, 'rows'>) {
    this.#output = output;
    this.#out = out;
    this.#about = about;
  }

  async add(row: Row): Promise<void> {
    this.#rows.push(row);
    this.#output.print(row, rowWords(row));
    if (this.#out === undefined) return;
    const run: Run = { ...this.#about, rows: this.#rows };
    await writeBytes(this.#out, new TextEncoder().encode(`${JSON.stringify(run, null, 1)}\n`));
  }
}
