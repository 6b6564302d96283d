// A link shows what its sender saw, and whatever else stands in an address, the page can be shown.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clampView, isWhole, wholeView } from '../../components/attention/view.ts';
import { FACTORS } from '../../patterns/index.ts';
import { UNIONS } from '../../patterns/testing.ts';
import { fromAddress, toAddress } from './address.ts';
import { ADDRESS, layersText, parseLayers, TYPED, typedLayers } from './layersText.ts';
import { PRESETS, presetOf } from './presets.ts';
import { changed, headsOf, INITIAL, LIMITS, type PatternSettings } from './settings.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const layers = fc.array(fc.array(fc.constantFrom(...UNIONS), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 6,
});

test('heads that are listed are there', () => {
  const parsed = parseLayers('local, column', TYPED);
  if (!parsed.ok) throw new Error('it should be read');
  const two = changed(INITIAL, { layers: parsed.layers });
  expect(INITIAL.nHead).toBe(1);
  expect(two.nHead).toBe(2);
  expect(changed(two, { nHead: 1 }).nHead).toBe(2);
});

const settings: fc.Arbitrary<PatternSettings> = fc
  .record({
    length: fc.integer({ min: 16, max: 2 ** 20 }),
    stride: fc.integer({ min: 1, max: 2 ** 20 }),
    places: fc.tuple(share, share, share, share, share, share, share),
    dilation: fc.integer({ min: 1, max: 2 ** 20 }),
    nHead: fc.integer({ min: 1, max: 64 }),
    layers,
    beside: fc.option(layers, { nil: null }),
    layer: fc.option(fc.nat(5), { nil: null }),
    head: fc.option(fc.nat(63), { nil: null }),
    medium: fc.constantFrom('picture' as const, 'text' as const, 'sound' as const),
    whole: fc.boolean(),
  })
  .map(({ length, stride, places: [cells, query, source, row, top, left, span], whole, ...rest }) => {
    const rounded = (value: number) => Math.round(value * length);
    const view = { query: rounded(top), key: rounded(left), span: rounded(span) };
    return changed(INITIAL, {
      ...rest,
      length,
      stride,
      summaryCells: 1 + Math.floor(cells * (stride - 1)),
      query: Math.floor(query * (length - 1)),
      source: Math.floor(source * (length - 1)),
      row: 1 + Math.floor(row * (length - 1)),
      view: whole ? wholeView(length) : clampView(view, length),
    });
  });

test('what is written is read back', () => {
  fc.assert(
    fc.property(settings, (given) => {
      expect(fromAddress(`?${toAddress(given)}`)).toEqual({ settings: given, ignored: [] });
    }),
    { numRuns: 300 },
  );
});

test('fractions of a view survive to a thousandth of a position', () => {
  const view = clampView({ query: 10.123, key: 4.567, span: 20.5 }, 64);
  const back = fromAddress(toAddress({ ...INITIAL, view }));
  expect(back.ignored).toEqual([]);
  expect(back.settings.view).toEqual(view);
});

const rubbish = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.constantFrom('-1', '1e9', 'NaN', 'local', 'dense.local', '0_0_0', '9_9_1e99', '__', '3.5', '٣'),
);

test('rubbish is told of, and never breaks the page', () => {
  const name = fc.constantFrom(
    ...['length', 'stride', 'cells', 'dilation', 'heads', 'layers', 'beside', 'layer'],
    ...['query', 'source', 'view', 'medium', 'row', 'colour'],
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, rubbish)), (pairs) => {
      const { settings: read, ignored } = fromAddress(new URLSearchParams(pairs).toString());
      expect(changed(read, {})).toEqual(read);
      const [min, max] = LIMITS.length;
      expect(read.length).toBeGreaterThanOrEqual(min);
      expect(read.length).toBeLessThanOrEqual(max);
      expect(read.query).toBeLessThan(read.length);
      expect(read.summaryCells).toBeLessThanOrEqual(read.stride);
      expect(headsOf(read, read.layers).length).toBe(read.layers.length);
      for (const sentence of ignored) expect(sentence.length).toBeLessThan(400);
      // What was read can be written, and then nothing is left aside.
      expect(fromAddress(toAddress(read)).ignored).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

describe('each mistake is named', () => {
  test.each([
    ['length=abc', /length “abc”: a whole number from 16 to 1,048,576/],
    ['length=8', /length “8”/],
    ['stride=8&cells=9', /cells “9”: a whole number from 1 to 8/],
    ['layers=local.summary', /layers “local.summary”: A head cannot join/],
    ['layers=lokal', /“lokal” is no factor/],
    ['length=64&query=64', /query “64”: a whole number from 0 to 63/],
    ['length=64&view=1_2', /view “1_2”/],
    ['medium=film', /medium “film”/],
    ['length=64&colour=red', /“colour”: no such setting/],
  ])('%s', (search, words) => {
    expect(fromAddress(search).ignored).toEqual([expect.stringMatching(words)]);
  });
});

test('without an address the page shows its first example', () => {
  expect(fromAddress('')).toEqual({ settings: INITIAL, ignored: [] });
  expect(fromAddress('?utm=1').settings).toEqual(INITIAL);
});

test('layers are typed with words or names, and read as they are written', () => {
  fc.assert(
    fc.property(layers, (given) => {
      expect(parseLayers(typedLayers(given), TYPED)).toEqual({ ok: true, layers: given });
      expect(parseLayers(layersText(given, ADDRESS), ADDRESS)).toEqual({ ok: true, layers: given });
    }),
  );
  expect(parseLayers('Own block + summary; DENSE', TYPED)).toEqual({
    ok: true,
    layers: [[['ownBlock', 'summary']], [['dense']]],
  });
  expect(FACTORS.every((factor) => parseLayers(factor, TYPED).ok)).toBe(true);
});

test.each(PRESETS.map((preset) => [preset.name, preset] as const))(
  '%s shows the whole of it, and is what its link shows',
  (_, preset) => {
    expect(fromAddress(toAddress(preset.settings))).toEqual({ settings: preset.settings, ignored: [] });
    expect(presetOf(preset.settings)).toBe(preset);
    expect(isWhole(preset.settings.view, preset.settings.length)).toBe(true);
  },
);
