// Decoding in pieces gives what decoding at once gives, for any bytes cut anywhere.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeNext } from './utf8.ts';

function inPieces(bytes: Uint8Array, cuts: readonly number[]): string {
  const edges = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let undecoded: Uint8Array = new Uint8Array(0);
  let text = '';
  for (const [index, edge] of edges.slice(1).entries()) {
    const next = decodeNext(undecoded, bytes.subarray(edges[index], edge), index === edges.length - 2);
    text += next.text;
    undecoded = next.undecoded;
    expect(undecoded.length).toBeLessThanOrEqual(3);
  }
  return text;
}

const atOnce = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const cuts = fc.array(fc.nat(), { maxLength: 20 });

test('any bytes', () => {
  // Mostly lead and continuation bytes, where cutting is hard.
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0x80, max: 0xff }));
  const bytes = fc.array(byte, { maxLength: 40 }).map((list) => Uint8Array.from(list));
  const same = fc.property(bytes, cuts, (all, where) => {
    expect(inPieces(all, where)).toBe(atOnce(all));
  });
  fc.assert(same, { numRuns: 2000 });
});

test('any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), cuts, (text, where) => {
      const bytes = new TextEncoder().encode(text);
      expect(inPieces(bytes, where)).toBe(atOnce(bytes));
    }),
  );
});

test('a character appears as soon as its last byte is there, not later', () => {
  const [euro, ...rest] = [new TextEncoder().encode('€'), new TextEncoder().encode('a')];
  const first = decodeNext(new Uint8Array(0), euro!.subarray(0, 2), false);
  expect(first.text).toBe('');
  expect(decodeNext(first.undecoded, euro!.subarray(2), false).text).toBe('€');
  expect(decodeNext(new Uint8Array(0), rest[0]!, false).text).toBe('a');
});

test('invalid bytes show at once, and an unfinished character shows at the end', () => {
  expect(decodeNext(new Uint8Array(0), Uint8Array.of(0xff, 0x41), false).text).toBe('\uFFFDA');
  expect(decodeNext(Uint8Array.of(0xe2, 0x82), new Uint8Array(0), true).text).toBe('\uFFFD');
});
