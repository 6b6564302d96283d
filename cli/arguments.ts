// Reads a command's arguments: unknown ones are refused, and each value is checked with the option's name.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Failure } from '../src/lib/errors.ts';

/** An option with a value, or a flag. */
export type OptionKind = 'value' | 'flag';

export class Arguments {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;

  /** Throws a `Failure` 'bad-input' when an argument is none of `options`. */
  constructor(args: readonly string[], options: Readonly<Record<string, OptionKind>>) {
    const config: ParseArgsConfig['options'] = {};
    for (const [name, kind] of Object.entries(options)) {
      config[name] = { type: kind === 'flag' ? 'boolean' : 'string' };
    }
    try {
      const { values } = parseArgs({
        args: [...args],
        options: config,
        strict: true,
        allowPositionals: false,
      });
      this.#values = values as Record<string, string | boolean | undefined>;
    } catch (cause) {
      const { message, code } = cause as NodeJS.ErrnoException;
      const [first = '', ...more] = message.split(/\.\s|\.$|\n/);
      // Of a value that begins with a dash, the last sentence tells how to write it.
      const how = code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' ? more.filter(Boolean).at(-1) : undefined;
      const sentence = how ? `${first}. ${how}` : first;
      throw new Failure('bad-input', `${sentence}. See: npm run weft -- help`, { cause });
    }
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** An option's text, of no more than so many characters; undefined where the option is not given. */
  text(name: string, maxLength = Infinity): string | undefined {
    const text = this.#values[name] as string | undefined;
    return (text?.length ?? 0) > maxLength
      ? this.#fail(`--${name} takes ${maxLength} characters at most`)
      : text;
  }

  /** An option that was given, but means something for other kinds of data alone. */
  foreignTo<K extends string>(kind: K, ofKind: Readonly<Record<K, readonly string[]>>): string | undefined {
    const others = Object.values<readonly string[]>(ofKind).flat();
    return others.find((name) => this.has(name) && !ofKind[kind].includes(name));
  }

  required(name: string): string {
    return this.text(name) ?? this.#fail(`--${name} is missing`);
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    return (
      choices.find((choice) => choice === text) ??
      this.#fail(
        `--${name} must be ${[choices.slice(0, -1).join(', '), choices.at(-1)].filter(Boolean).join(' or ')}`,
      )
    );
  }

  /** Several of the choices, with commas between; undefined where the option is not given. */
  choices<T extends string>(name: string, choices: readonly T[]): T[] | undefined {
    return this.text(name)
      ?.split(',')
      .map(
        (item) =>
          choices.find((choice) => choice === item.trim()) ??
          this.#fail(`--${name} takes ${choices.join(', ')}, with commas between`),
      );
  }

  /** Whole numbers in [min, max], with commas between; undefined where the option is not given. */
  counts(name: string, min: number, max: number): number[] | undefined {
    return this.text(name)
      ?.split(',')
      .map((item) => {
        const value = item.trim() === '' ? Number.NaN : Number(item);
        return Number.isInteger(value) && value >= min && value <= max
          ? value
          : this.#fail(`--${name} takes whole numbers from ${min} to ${max}, with commas between`);
      });
  }

  /** A whole number in [min, max]. */
  count<T>(name: string, fallback: T, min: number, max: number): number | T {
    const value = this.number(name, fallback, min, max);
    if (!this.has(name) || Number.isInteger(value)) return value;
    return this.#fail(`--${name} must be a whole number from ${min} to ${max}`);
  }

  requiredCount(name: string, min: number, max: number): number {
    this.required(name);
    return this.count(name, min, min, max);
  }

  number<T>(name: string, fallback: T, min: number, max: number): number | T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return value >= min && value <= max
      ? value
      : this.#fail(`--${name} must be a number from ${min} to ${max}`);
  }

  #fail(problem: string): never {
    throw new Failure('bad-input', `${problem}. See: npm run weft -- help`);
  }
}
