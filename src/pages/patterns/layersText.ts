// Layers, heads and factors as one short text: what a person types into the field "layers", and what stands in the
// address. "local; column" are two layers in turn, "local, column" two heads in turn, "local + column" one merged head.

import { FACTOR_WORDS, FACTORS, type Factor, type LayerFactors, segmentsOf } from '../../patterns/index.ts';

export interface Separators {
  readonly layer: string;
  readonly head: string;
  readonly union: string;
}

export const TYPED: Separators = { layer: ';', head: ',', union: '+' };
/** Characters that an address keeps as they are. */
export const ADDRESS: Separators = { layer: '-', head: '_', union: '.' };

const MOST_LAYERS = 64;

export type ParsedLayers =
  | { readonly ok: true; readonly layers: LayerFactors }
  | { readonly ok: false; readonly problem: string };

class Problem extends Error {}

function factorOf(text: string): Factor {
  const plain = text.toLowerCase().replace(/[^a-z]/g, '');
  const factor = FACTORS.find((name) => name.toLowerCase() === plain);
  if (factor) return factor;
  const known = FACTORS.map((name) => FACTOR_WORDS[name]).join(', ');
  throw new Problem(`“${text.trim().slice(0, 30)}” is no factor. Use ${known}.`);
}

/** Factors as people read them. */
function inWords(text: string): string {
  return FACTORS.reduce((words, factor) => words.replaceAll(factor, FACTOR_WORDS[factor]), text);
}

function unionOf(text: string, separator: string): readonly Factor[] {
  const union = text.split(separator).map(factorOf);
  if (new Set(union).size < union.length) throw new Problem('A head names a factor twice.');
  if (union.length > 1 && union.includes('dense')) {
    throw new Problem('Dense holds all other factors already; use it alone.');
  }
  try {
    segmentsOf(union, { stride: 2, summaryCells: 1, nHead: 1 }, 2);
  } catch (error) {
    throw error instanceof RangeError ? new Problem(inWords(error.message)) : error;
  }
  return union;
}

/** Reads layers; what cannot be taken is told in a sentence. */
export function parseLayers(text: string, separators: Separators): ParsedLayers {
  try {
    const layers = text
      .split(separators.layer)
      .map((heads) => heads.split(separators.head).map((head) => unionOf(head, separators.union)));
    if (layers.length > MOST_LAYERS || layers.some((heads) => heads.length > MOST_LAYERS)) {
      throw new Problem(`At most ${MOST_LAYERS} layers and heads take turns.`);
    }
    return { ok: true, layers };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ok: false, problem: error.message };
  }
}

export function layersText(layers: LayerFactors, { layer, head, union }: Separators): string {
  return layers.map((heads) => heads.map((factors) => factors.join(union)).join(head)).join(layer);
}

/** The same for people: with the factors' words, and room between them. */
export function typedLayers(layers: LayerFactors): string {
  return layers
    .map((heads) => heads.map((factors) => factors.map((name) => FACTOR_WORDS[name]).join(' + ')).join(', '))
    .join('; ');
}
