// A strict JSON reader for files that a stranger may have made. Unlike JSON.parse it keeps objects as maps, so that
// no key can touch a prototype, refuses a key that occurs twice, bounds the depth, and says where an error is.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

export class JsonError extends Error {
  /** Characters before the error. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'JsonError';
    this.offset = offset;
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside strings.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** For `readJson`: numbers are whole, not negative, and written in digits alone. */
export const COUNTS_ONLY = /(?:0|[1-9]\d*)/y;

/** Reads one JSON value that fills `text`; whitespace around it is allowed. Throws a `JsonError`. */
export function readJson(text: string, { maxDepth = 32, numbers = NUMBER } = {}): Json {
  let at = 0;

  const fail = (message: string, offset = at): never => {
    throw new JsonError(message, offset);
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const string = (): string => {
    const found = take(STRING) ?? fail('a string is expected');
    return JSON.parse(found) as string;
  };
  /** Reads what stands between the brackets: items with commas between them. */
  const items = (close: string, item: () => void): void => {
    at += 1;
    take(SPACE);
    if (text[at] === close) {
      at += 1;
      return;
    }
    for (;;) {
      item();
      take(SPACE);
      const next = text[at];
      if (next !== ',' && next !== close) fail(`"," or "${close}" is expected`);
      at += 1;
      if (next === close) return;
      take(SPACE);
    }
  };
  const value = (depth: number): Json => {
    if (depth > maxDepth) fail('the value is nested too deeply');
    take(SPACE);
    const first = text[at];
    if (first === '{') {
      const object = new Map<string, Json>();
      items('}', () => {
        const keyAt = at;
        const key = string();
        if (object.has(key)) fail(`the key ${JSON.stringify(key)} occurs twice`, keyAt);
        take(SPACE);
        if (text[at] !== ':') fail('":" is expected');
        at += 1;
        object.set(key, value(depth + 1));
      });
      return object;
    }
    if (first === '[') {
      const array: Json[] = [];
      items(']', () => array.push(value(depth + 1)));
      return array;
    }
    if (first === '"') return string();
    for (const [word, meaning] of WORDS) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    }
    return Number(take(numbers) ?? fail('a JSON value is expected'));
  };

  const result = value(0);
  take(SPACE);
  if (at < text.length) fail('something stands behind the value');
  return result;
}
