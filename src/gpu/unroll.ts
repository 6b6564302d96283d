// Writes out the loops that a shader marks with "// unrolled": a compiler then sees constant indices, keeps arrays in
// registers and needs no clamps. The shader stays valid WGSL without it.

/** A loop over a constant count, as this reads it:  for (var k = 0u; k < COUNT; k++) { // unrolled */
const LOOP = /for \(var (\w+) = 0u; \1 < ([^;]+); \1\+\+\) \{ \/\/ unrolled\n/;

/**
 * Writes out the marked loops of a module. Their counts may use the module's u32 constants.
 * @throws RangeError for a count that is not a constant, and for a loop that does not end.
 */
export function unroll(source: string): string {
  const constants = constantsOf(source);
  const expand = (text: string): string => {
    const found = LOOP.exec(text);
    if (!found) return text;
    const [head, variable, count] = found as unknown as [string, string, string];
    const start = found.index + head.length;
    const end = closingBrace(text, start);
    const body = text.slice(start, end);
    const name = new RegExp(`\\b${variable}\\b`, 'g');
    const turns = Array.from(
      { length: evaluate(count, constants) },
      (_, turn) => `{\n${expand(body.replace(name, `${turn}u`))}}\n`,
    );
    return text.slice(0, found.index) + turns.join('') + expand(text.slice(end + 1));
  };
  return expand(source);
}

/** Where the block ends whose inside begins at `start`. */
function closingBrace(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new RangeError('An unrolled loop does not end.');
}

/** The u32 constants of a module, in the order in which they depend on each other. */
function constantsOf(source: string): ReadonlyMap<string, number> {
  const constants = new Map<string, number>();
  for (const [, name, expression] of source.matchAll(/^const (\w+) = ([^;]+);/gm)) {
    try {
      constants.set(name!, evaluate(expression!, constants));
    } catch {
      // Another type, which no count uses.
    }
  }
  return constants;
}

/** The value of a u32 expression of literals, constants, + - * / %, max, min and brackets. */
function evaluate(expression: string, constants: ReadonlyMap<string, number>): number {
  const tokens = expression.match(/\w+|[-+*/%(),]|\S/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new RangeError(`"${expression}" is no constant that a loop can be unrolled by.`);
  };
  const list = (): number[] => {
    if (tokens[at++] !== '(') fail();
    const values = [sum()];
    while (tokens[at] === ',') {
      at += 1;
      values.push(sum());
    }
    if (tokens[at++] !== ')') fail();
    return values;
  };
  const factor = (): number => {
    const token = tokens[at] ?? fail();
    if (token === '(') return list()[0]!;
    at += 1;
    if (token === 'max' || token === 'min') return Math[token](...list());
    return /^\d+u?$/.test(token) ? Number.parseInt(token, 10) : (constants.get(token) ?? fail());
  };
  const product = (): number => {
    let value = factor();
    for (let sign = tokens[at]; sign === '*' || sign === '/' || sign === '%'; sign = tokens[at]) {
      at += 1;
      const next = factor();
      value = sign === '*' ? value * next : sign === '/' ? Math.floor(value / next) : value % next;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = tokens[at]; sign === '+' || sign === '-'; sign = tokens[at]) {
      at += 1;
      value += sign === '+' ? product() : -product();
    }
    return value;
  };
  const value = sum();
  return at === tokens.length ? value : fail();
}
