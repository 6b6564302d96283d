// The settings as the query of the page's address, and back. Whatever is typed there, the answer is settings that can
// be shown, and a sentence for each thing that could not be taken.

import { clampView, wholeView } from '../../components/attention/view.ts';
import { count } from '../../components/format.ts';
import type { LayerFactors } from '../../patterns/index.ts';
import { ADDRESS, layersText, parseLayers } from './layersText.ts';
import { changed, INITIAL, LIMITS, type Medium, type PatternSettings } from './settings.ts';

const MEDIA: readonly Medium[] = ['picture', 'text', 'sound'];
const NAMES = [
  'length',
  'stride',
  'cells',
  'dilation',
  'heads',
  'layers',
  'beside',
  'layer',
  'head',
  'query',
  'source',
  'view',
  'medium',
  'row',
];

/** "length=64&stride=8&...", without a question mark. */
export function toAddress(settings: PatternSettings): string {
  const { view, length, beside, layer, head } = settings;
  const query = new URLSearchParams({
    length: String(length),
    stride: String(settings.stride),
    cells: String(settings.summaryCells),
    dilation: String(settings.dilation),
    heads: String(settings.nHead),
    layers: layersText(settings.layers, ADDRESS),
  });
  if (beside) query.set('beside', layersText(beside, ADDRESS));
  if (layer !== null) query.set('layer', String(layer + 1));
  if (head !== null) query.set('head', String(head + 1));
  query.set('query', String(settings.query));
  query.set('source', String(settings.source));
  if (view.span < length) query.set('view', [view.query, view.key, view.span].map(short).join('_'));
  query.set('medium', settings.medium);
  query.set('row', String(settings.row));
  return query.toString();
}

/** Thousandths of a position are finer than a pixel. */
const short = (value: number) => String(Math.round(value * 1000) / 1000);

export interface FromAddress {
  readonly settings: PatternSettings;
  /** What was left aside, in sentences. */
  readonly ignored: readonly string[];
}

export function fromAddress(search: string): FromAddress {
  const query = new URLSearchParams(search);
  const ignored: string[] = [];
  const strangers = [...new Set(query.keys())].filter((name) => !NAMES.includes(name));
  if (strangers.length > 0) ignored.push(`${strangers.slice(0, 5).map(quote).join(', ')}: no such setting.`);
  if ([...query.keys()].every((name) => !NAMES.includes(name))) return { settings: INITIAL, ignored };

  const number = (name: string, min: number, max: number, otherwise: number): number => {
    const text = query.get(name);
    if (text === null) return otherwise;
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value;
    ignored.push(`${name} ${quote(text)}: a whole number from ${count(min)} to ${count(max)} was expected.`);
    return otherwise;
  };
  const pattern = (name: string): LayerFactors | null => {
    const text = query.get(name);
    if (text === null) return null;
    const parsed = parseLayers(text, ADDRESS);
    if (parsed.ok) return parsed.layers;
    ignored.push(`${name} ${quote(text)}: ${parsed.problem}`);
    return null;
  };

  const length = number('length', ...LIMITS.length, INITIAL.length);
  const stride = number('stride', ...LIMITS.stride, Math.min(INITIAL.stride, length));
  const layers = pattern('layers') ?? INITIAL.layers;
  const layer = number('layer', 1, layers.length, 0);
  const nHead = number('heads', ...LIMITS.heads, INITIAL.nHead);
  const head = number('head', 1, nHead, 0);
  const medium = query.get('medium');
  const known = MEDIA.find((name) => name === medium);
  if (medium !== null && !known) ignored.push(`medium ${quote(medium)}: ${MEDIA.join(', ')} are known.`);
  const base = changed({ ...INITIAL, length, stride, row: Math.min(stride, length) }, {});
  const settings = changed(base, {
    summaryCells: number('cells', 1, stride, Math.min(INITIAL.summaryCells, stride)),
    dilation: number('dilation', ...LIMITS.dilation, INITIAL.dilation),
    nHead,
    layers,
    beside: pattern('beside'),
    layer: layer === 0 ? null : layer - 1,
    head: head === 0 ? null : head - 1,
    query: number('query', 0, length - 1, base.query),
    source: number('source', 0, length - 1, base.source),
    view: viewOf(query.get('view'), length, ignored),
    medium: known ?? INITIAL.medium,
    row: number('row', 1, length, base.row),
  });
  return { settings, ignored };
}

function viewOf(text: string | null, length: number, ignored: string[]) {
  if (text === null) return wholeView(length);
  const [query, key, span, ...more] = text
    .split('_')
    .map((part) => (part === '' ? Number.NaN : Number(part)));
  if (query !== undefined && key !== undefined && span !== undefined && more.length === 0) {
    const wanted = { query, key, span };
    const view = clampView(wanted, length);
    const near = [view.query - query, view.key - key, view.span - span].every((by) => Math.abs(by) < 0.01);
    if (near) return view;
  }
  ignored.push(`view ${quote(text)}: first query, first key and side of a part of the matrix were expected.`);
  return wholeView(length);
}

/** What somebody typed, kept short. */
function quote(text: string): string {
  return `“${text.length > 24 ? `${text.slice(0, 24)}…` : text}”`;
}
