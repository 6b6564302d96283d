// Reads the fields of a JSON object that a person or a stranger wrote, and says in words which of them is wrong.

import { Failure } from './errors.ts';

const MAX_JSON_LENGTH = 2 ** 20;

/** Reads a JSON text that must hold an object. `what` names it in errors. */
export function readObject(text: string, what: string): Fields {
  if (text.length > MAX_JSON_LENGTH) throw new Failure('bad-file', `${what} is longer than 1 MiB.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Failure('bad-file', `${what} is not JSON.`, { cause });
  }
  return new Fields(value, what);
}

export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #what: string;
  readonly #read = new Set<string>();

  constructor(value: unknown, what: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Failure('bad-config', `${what} must be a JSON object.`);
    }
    this.#values = value as Record<string, unknown>;
    this.#what = what;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  /** A whole number in [min, max]. */
  count(name: string, min: number, max: number): number {
    const value = this.number(name, min, max);
    return Number.isInteger(value) ? value : this.#fail(name, `a whole number from ${min} to ${max}`);
  }

  number(name: string, min: number, max: number): number {
    const value = this.value(name);
    return typeof value === 'number' && value >= min && value <= max
      ? value
      : this.#fail(name, `a number from ${min} to ${max}`);
  }

  text(name: string, maxLength: number): string {
    const value = this.value(name);
    return typeof value === 'string' && value.length <= maxLength
      ? value
      : this.#fail(name, `a text of at most ${maxLength} characters`);
  }

  flag(name: string): boolean {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : this.#fail(name, 'true or false');
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.value(name);
    return choices.find((choice) => choice === value) ?? this.#fail(name, `one of ${choices.join(', ')}`);
  }

  object(name: string): Fields {
    return new Fields(this.value(name), `"${name}" of ${this.#what}`);
  }

  value(name: string): unknown {
    if (!this.has(name)) throw new Failure('bad-config', `${this.#what} lacks "${name}".`);
    this.#read.add(name);
    return this.#values[name];
  }

  /** Throws when the object has fields that nothing asked for: a misspelt setting must not be ignored. */
  end(): void {
    const unknown = Object.keys(this.#values).find((name) => !this.#read.has(name));
    if (unknown === undefined) return;
    throw new Failure('bad-config', `${this.#what} has an unknown setting "${unknown.slice(0, 40)}".`);
  }

  #fail(name: string, expected: string): never {
    throw new Failure('bad-config', `"${name}" of ${this.#what} must be ${expected}.`);
  }
}
