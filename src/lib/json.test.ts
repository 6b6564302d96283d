// The strict JSON reader against JSON.parse.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COUNTS_ONLY, type Json, JsonError, readJson } from './json.ts';

/** The value with maps as JSON.parse would have made them. */
function plain(value: Json): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]: [string, Json]) => [key, plain(item)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('readJson', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(plain(readJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses whatever JSON.parse refuses', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'{}[]",:\\u01-.eE+ntrue \n'), maxLength: 12 });
    fc.assert(
      fc.property(noise, (text) => {
        let wanted: unknown;
        try {
          wanted = JSON.parse(text);
        } catch {
          expect(() => readJson(text)).toThrow(JsonError);
          return;
        }
        try {
          expect(plain(readJson(text))).toEqual(wanted);
        } catch (error) {
          expect((error as Error).message).toContain('twice');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('says where an error is', () => {
    const offsetOf = (text: string) => {
      try {
        readJson(text);
      } catch (error) {
        return (error as JsonError).offset;
      }
      throw new Error('it was read');
    };
    expect(offsetOf('{"a":1,"a":1}')).toBe(7);
    expect(offsetOf('[1,]')).toBe(3);
    expect(offsetOf('{} x')).toBe(3);
  });

  it('keeps dangerous keys as data, and bounds the depth', () => {
    const object = readJson('{"__proto__":{"polluted":1},"constructor":2}') as ReadonlyMap<string, Json>;
    expect([...object.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(() => readJson('['.repeat(5_000_000))).toThrow('nested too deeply');
  });

  it('reads counts alone when asked to', () => {
    expect(readJson('[0,12]', { numbers: COUNTS_ONLY })).toEqual([0, 12]);
    for (const text of ['-1', '1.0', '1e3', '-0', '01']) {
      expect(() => readJson(text, { numbers: COUNTS_ONLY })).toThrow(JsonError);
    }
  });
});
