// Numbers as people type them: "1e-4", "0,1", "1 024", "1,024". What cannot be taken is refused in words.

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

type Parsed =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: string };

const words = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 6 });

/** Grouping commas go; a lone comma with other than three figures behind it is a decimal one. */
function plain(text: string): string {
  const compact = text.replace(/[\s\u00a0\u202f_]/g, '');
  if (/^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(compact)) return compact.replaceAll(',', '');
  return compact.replace(/^([+-]?\d*),(\d+(e[+-]?\d+)?)$/i, '$1.$2');
}

export function parseNumber(text: string, { min, max, integer = false }: NumberRule): Parsed {
  const value = plain(text);
  const range = `${integer ? 'a whole number ' : ''}from ${words(min)} to ${words(max)}`;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) {
    return { ok: false, problem: `Type ${integer ? range : `a number ${range}`}.` };
  }
  const number = Number(value);
  if (!(number >= min && number <= max)) return { ok: false, problem: `It must be ${range}.` };
  if (integer && !Number.isInteger(number)) return { ok: false, problem: `It must be ${range}.` };
  return { ok: true, value: number };
}
