// Where results go: with --json one JSON value a line on standard output, otherwise lines for people. What is not
// a result goes to standard error.

import { EngineError, Failure } from '../src/lib/errors.ts';

export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
    // Whoever reads may stop early, as `head` does: then there is nobody left to tell.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      process.stderr.write(`Standard output cannot be written: ${error.message}\n`, () => process.exit(1));
    });
  }

  /** One result. */
  print(value: unknown, words: string): void {
    process.stdout.write(`${this.json ? JSON.stringify(value) : words}\n`);
  }

  /** What is itself the result, as it is. */
  write(content: Uint8Array | string): void {
    process.stdout.write(content);
  }

  note(words: string): void {
    process.stderr.write(`${words}\n`);
  }

  /** The share of long work that is done, for whoever watches a terminal; gone when it is 1. */
  share(share: number): void {
    if (!process.stderr.isTTY) return;
    process.stderr.write(share < 1 ? `\r${Math.floor(100 * share)}%` : '\r    \r');
  }

  /** Prints an error, and returns the exit code that it stands for. */
  failure(error: unknown): number {
    if (error instanceof Failure) {
      this.note(error.message.replace(/\s*\n\s*/g, ' '));
      return error.code === 'diverged' ? 1 : 2;
    }
    if (error instanceof EngineError) {
      this.note(error.message.replace(/\s*\n\s*/g, ' '));
      return error.code === 'internal' || error.code === 'device-lost' ? 1 : 2;
    }
    this.note(`Unexpected: ${error instanceof Error ? error.stack : String(error)}`);
    return 1;
  }
}

/** Waits for everything printed, and ends the process: an open GPU device would keep it alive. */
export async function exit(code: number): Promise<never> {
  await new Promise((resolve) => process.stdout.write('', resolve));
  await new Promise((resolve) => process.stderr.write('', resolve));
  process.exit(code);
}

/** Runs a command that stands alone: its help, its errors, its exit code. */
export async function runCommand(
  args: readonly string[],
  help: string,
  run: (args: readonly string[], output: Output) => Promise<number>,
): Promise<never> {
  const output = new Output(args.includes('--json'));
  try {
    if (!args.includes('--help')) return await exit(await run(args, output));
    output.write(`${help}\n`);
    return await exit(0);
  } catch (error) {
    return await exit(output.failure(error));
  }
}
