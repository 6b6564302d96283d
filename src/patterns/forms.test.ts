import { describe, expect, test } from 'vitest';
import { attentionForm, attentionLayers, describeAttention, type Form, type Pattern } from './forms.ts';

const forms: Form[] = ['interleaved', 'merged', 'multiHead'];

describe('attentionLayers', () => {
  test('strided in its three forms', () => {
    expect(attentionLayers('strided', 'interleaved')).toEqual([[['local']], [['column']]]);
    expect(attentionLayers('strided', 'merged')).toEqual([[['local', 'column']]]);
    expect(attentionLayers('strided', 'multiHead')).toEqual([[['local'], ['column']]]);
  });

  test('a ratio of one column layer to three local ones', () => {
    expect(attentionLayers('strided', 'interleaved', ['column', 'local', 'local', 'local'])).toEqual([
      [['column']],
      [['local']],
      [['local']],
      [['local']],
    ]);
  });

  test.each(forms)('one factor has no form (%s)', (form) => {
    expect(attentionLayers('dense', form)).toEqual([[['dense']]]);
    expect(attentionLayers('local', form)).toEqual([[['local']]]);
  });
});

describe('attentionForm undoes attentionLayers', () => {
  const patterns: Pattern[] = ['strided', 'fixed'];
  test.each(patterns.flatMap((pattern) => forms.map((form) => [pattern, form] as const)))(
    '%s, %s',
    (pattern, form) => {
      expect(attentionForm(attentionLayers(pattern, form))).toMatchObject({ pattern, form });
    },
  );
  test.each(['dense', 'local'] as const)('%s', (pattern) => {
    expect(attentionForm(attentionLayers(pattern, 'merged'))).toMatchObject({ pattern, form: undefined });
  });
});

describe('describeAttention', () => {
  const words = (layers: ReturnType<typeof attentionLayers>) =>
    describeAttention({ layers, stride: 128, summaryCells: 8 });
  test('the paper’s patterns', () => {
    expect(words(attentionLayers('dense', 'merged'))).toBe('dense');
    expect(words(attentionLayers('local', 'merged'))).toBe('local, l 128');
    expect(words(attentionLayers('strided', 'merged'))).toBe('strided, merged, l 128');
    expect(words(attentionLayers('strided', 'interleaved'))).toBe('strided, interleaved, l 128');
    expect(words(attentionLayers('fixed', 'multiHead'))).toBe('fixed, multi-head, l 128, c 8');
  });
  test('other turns and mixtures', () => {
    expect(words(attentionLayers('strided', 'interleaved', ['column', 'local', 'local']))).toBe(
      'strided, interleaved (column, local, local), l 128',
    );
    expect(words([[['dense']], [['local']]])).toBe('dense with local, interleaved (dense, local), l 128');
    expect(words([[['local', 'column']], [['local']]])).toBe('strided, mixed, l 128');
    expect(words([[['ownBlock', 'summary']], [['summary']]])).toBe('fixed, mixed, l 128, c 8');
    expect(words([[['local', 'sink']]])).toBe('local with sink, merged, l 128, c 8');
    expect(words([[['dilated']]])).toBe('dilated, l 128, gap 2');
  });
});
