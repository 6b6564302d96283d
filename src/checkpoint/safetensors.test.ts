// The safetensors reader against round trips, the attacks that other readers fell for, and random damage.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../lib/half.ts';
import { readSafetensors, SafetensorsError, type Tensor, writeSafetensors } from './safetensors.ts';

/** A file from raw parts: what a hostile writer can make. */
function raw(header: string, data: number | Uint8Array = 0, length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = typeof data === 'number' ? new Uint8Array(data) : data;
  const file = new Uint8Array(8 + json.length + bytes.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(bytes, 8 + json.length);
  return file;
}

const entry = (shape: string, begin: number | string, end: number | string, dtype = '"F32"') =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":[${begin},${end}]}`;
const vector = entry('[2]', 0, 8);

const attacks: readonly [name: string, problem: string, file: Uint8Array][] = [
  ['nothing', 'too-short', new Uint8Array()],
  ['seven bytes', 'too-short', new Uint8Array(7)],
  ['header behind the end', 'too-short', raw('{}', 0, 3n)],
  ['header of 5 GB', 'header-too-large', raw('{}', 0, 5_000_000_000n)],
  ['header of 2^64 - 1', 'header-too-large', raw('{}', 0, 2n ** 64n - 1n)],
  ['header above 1 MiB', 'header-too-large', raw(`{}${' '.repeat(2 ** 20)}`)],
  ['no header', 'header-not-json', raw('')],
  ['header 5', 'header-not-json', raw('5')],
  ['header null', 'header-not-json', raw('null')],
  ['header array', 'header-not-json', raw('[]')],
  ['header string', 'header-not-json', raw('"{}"')],
  ['not UTF-8', 'header-not-json', new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe])],
  ['byte order mark', 'header-not-json', raw('\uFEFF{}')],
  ['two values', 'header-not-json', raw('{}{}')],
  ['trailing comma', 'header-not-json', raw(`{"a":${vector},}`, 8)],
  ['deep nesting', 'header-not-json', raw(`{"a":${'['.repeat(100_000)}`)],
  ['same key twice', 'header-not-json', raw(`{"a":${vector},"a":${vector}}`, 8)],
  ['same key twice, escaped', 'header-not-json', raw(`{"a":${vector},"\\u0061":${vector}}`, 8)],
  [
    'same field twice',
    'header-not-json',
    raw('{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4),
  ],
  ['negative offset', 'header-not-json', raw(`{"a":${entry('[2]', -8, 0)}}`, 8)],
  ['fractional offset', 'header-not-json', raw(`{"a":${entry('[2]', 0.5, 8.5)}}`, 8)],
  ['offset 8.0', 'header-not-json', raw(`{"a":${entry('[2]', 0, '8.0')}}`, 8)],
  ['offset 8e0', 'header-not-json', raw(`{"a":${entry('[2]', 0, '8e0')}}`, 8)],
  ['negative extent', 'header-not-json', raw(`{"a":${entry('[-2]', 0, 8)}}`, 8)],
  ['negative extents that cancel', 'header-not-json', raw(`{"a":${entry('[-2,-1]', 0, 8)}}`, 8)],
  ['null extent', 'bad-tensor', raw(`{"a":${entry('[null]', 0, 4)}}`, 4)],
  ['text extent', 'bad-tensor', raw(`{"a":${entry('["2"]', 0, 8)}}`, 8)],
  ['shape that is a number', 'bad-tensor', raw(`{"a":${entry('2', 0, 8)}}`, 8)],
  ['shape that is an object', 'bad-tensor', raw(`{"a":${entry('{"length":1}', 0, 8)}}`, 8)],
  ['entry that is a number', 'bad-tensor', raw('{"a":1}')],
  ['entry that is an array', 'bad-tensor', raw('{"a":[]}')],
  ['no shape', 'bad-tensor', raw('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4)],
  ['no offsets', 'bad-tensor', raw('{"a":{"dtype":"F32","shape":[]}}', 4)],
  ['one offset', 'bad-tensor', raw('{"a":{"dtype":"F32","shape":[],"data_offsets":[0]}}', 4)],
  ['three offsets', 'bad-tensor', raw('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 8)],
  ['begin behind end', 'bad-tensor', raw(`{"a":${entry('[2]', 8, 0)}}`, 8)],
  ['shape too large for its bytes', 'bad-tensor', raw(`{"a":${entry('[3]', 0, 8)}}`, 8)],
  ['shape too small for its bytes', 'bad-tensor', raw(`{"a":${entry('[1]', 0, 8)}}`, 8)],
  ['odd number of bytes', 'bad-tensor', raw(`{"a":${entry('[2]', 0, 7)}}`, 7)],
  ['extent beyond 2^53', 'bad-tensor', raw(`{"a":${entry('[18446744073709551616]', 0, 0)}}`)],
  ['product that overflows', 'bad-tensor', raw(`{"a":${entry('[4294967296,4294967296,4294967296]', 0, 0)}}`)],
  [
    'product that overflows before a 0',
    'bad-tensor',
    raw(`{"a":${entry('[4503599627370496,4096,0]', 0, 0)}}`),
  ],
  ['no dtype', 'unsupported-dtype', raw('{"a":{"shape":[],"data_offsets":[0,4]}}', 4)],
  ['bfloat16', 'unsupported-dtype', raw(`{"a":${entry('[2]', 0, 4, '"BF16"')}}`, 4)],
  ['float16 with the bytes of float32', 'bad-tensor', raw(`{"a":${entry('[2]', 0, 8, '"F16"')}}`, 8)],
  ['float32 with the bytes of float16', 'bad-tensor', raw(`{"a":${entry('[2]', 0, 4)}}`, 4)],
  ['dtype in small letters', 'unsupported-dtype', raw(`{"a":${entry('[2]', 0, 8, '"f32"')}}`, 8)],
  ['dtype null', 'unsupported-dtype', raw(`{"a":${entry('[2]', 0, 8, 'null')}}`, 8)],
  ['metadata null', 'bad-metadata', raw('{"__metadata__":null}')],
  ['metadata array', 'bad-metadata', raw('{"__metadata__":[]}')],
  ['metadata with a number', 'bad-metadata', raw('{"__metadata__":{"a":1}}')],
  ['metadata with an object', 'bad-metadata', raw('{"__metadata__":{"a":{}}}')],
  ['hole at the start', 'bad-offsets', raw(`{"a":${entry('[1]', 4, 8)}}`, 8)],
  ['hole between', 'bad-offsets', raw(`{"a":${entry('[1]', 0, 4)},"b":${entry('[1]', 8, 12)}}`, 12)],
  ['overlap', 'bad-offsets', raw(`{"a":${vector},"b":${entry('[2]', 4, 12)}}`, 12)],
  ['same bytes twice', 'bad-offsets', raw(`{"a":${vector},"b":${vector}}`, 8)],
  ['trailing byte', 'bad-offsets', raw(`{"a":${vector}}`, 9)],
  ['trailing bytes without tensors', 'bad-offsets', raw('{}', 4)],
  ['missing byte', 'bad-offsets', raw(`{"a":${vector}}`, 7)],
  ['tensor of 2^50 bytes', 'bad-offsets', raw(`{"a":${entry('[281474976710656]', 0, 2 ** 50)}}`, 8)],
];

const name = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', 'a.b', 'ü€😀', '"\\'),
);
const tensor: fc.Arbitrary<Tensor> = fc.array(fc.nat(4), { maxLength: 4 }).chain((shape) => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return fc.float32Array({ minLength: size, maxLength: size }).map((data) => ({ shape, data }));
});
const tensorFile = fc.record({
  tensors: fc
    .array(
      fc.tuple(
        name.filter((key) => key !== '__metadata__'),
        tensor,
      ),
      { maxLength: 6 },
    )
    .map((entries) => new Map(entries)),
  metadata: fc.array(fc.tuple(name, fc.string()), { maxLength: 4 }).map((entries) => new Map(entries)),
});

describe('safetensors', () => {
  it('reads what it writes, and writes it again to the same bytes', () => {
    fc.assert(
      fc.property(tensorFile, (file) => {
        const bytes = writeSafetensors(file);
        const read = readSafetensors(bytes);
        expect([...read.tensors]).toEqual([...file.tensors]);
        expect([...read.metadata]).toEqual([...file.metadata]);
        expect(writeSafetensors(read)).toEqual(bytes);
      }),
    );
  });

  it('keeps the nearest float16 in half the bytes', () => {
    fc.assert(
      fc.property(tensorFile, (file) => {
        const bytes = writeSafetensors(file, 'F16');
        const read = readSafetensors(bytes);
        const nearest = [...file.tensors].map(([key, { shape, data }]) => [
          key,
          { shape, data: data.map((value) => fromHalf(toHalf(value))) },
        ]);
        expect([...read.tensors]).toEqual(nearest);
        expect(writeSafetensors(read, 'F16')).toEqual(bytes);
      }),
    );
  });

  it.each(attacks)('refuses %s', (_, problem, file) => {
    let thrown: unknown;
    try {
      readSafetensors(file);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SafetensorsError);
    const { problem: found, offset } = thrown as SafetensorsError;
    expect(found).toBe(problem);
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(offset).toBeLessThanOrEqual(Math.max(8, file.length));
  });

  it('reads what the reference library reads', () => {
    const shapes = (file: Uint8Array) =>
      [...readSafetensors(file).tensors].map(([key, { shape }]) => [key, shape]);
    expect(shapes(raw('{}'))).toEqual([]);
    expect(shapes(raw(` \n${`{"a":${vector}}`} \t`, 8))).toEqual([['a', [2]]]);
    expect(shapes(raw(`{"b":${entry('[1]', 4, 8)},"a":${entry('[]', 0, 4)}}`, 8))).toEqual([
      ['b', [1]],
      ['a', []],
    ]);
    expect(shapes(raw(`{"a":${entry('[0]', 0, 0)},"b":${entry('[0,7]', 0, 0)}}`))).toEqual([
      ['a', [0]],
      ['b', [0, 7]],
    ]);
    expect(shapes(raw(`{"__proto__":${vector}}`, 8))).toEqual([['__proto__', [2]]]);
  });

  it('reads from a view at any offset', () => {
    const file = raw(`{"a":${vector}}`, new Uint8Array(new Float32Array([1.5, -2]).buffer));
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect([...(readSafetensors(larger.subarray(3)).tensors.get('a')?.data ?? [])]).toEqual([1.5, -2]);
  });

  it('survives damage: the file is read to the letter or refused by name', () => {
    const metadata = new Map([['format', 'pt']]);
    const tensors = new Map([
      ['weight', { shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) }],
      ['bias', { shape: [3], data: new Float32Array(3) }],
    ]);
    const good = writeSafetensors({ tensors, metadata });
    const damage = fc.oneof(
      fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255), cut: fc.constant(0) }),
      fc.record({
        at: fc.nat(199),
        value: fc.constantFrom(...[...'{}[]",:0919-eE.'].map((c) => c.charCodeAt(0))),
        cut: fc.constant(0),
      }),
      fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255), cut: fc.nat(good.length) }),
    );
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        let file = good.slice();
        for (const { at, value, cut } of damages) {
          if (at < file.length) file[at] = value;
          file = file.slice(0, file.length - cut);
        }
        try {
          const { tensors: read } = readSafetensors(file);
          const elements = [...read.values()].reduce((sum, { data }) => sum + data.length, 0);
          expect(elements).toBe(9);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
