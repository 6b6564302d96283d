// Patterns that have a name: the paper's experiments (its section 7), and what came after it. Where the paper does not
// say a number, the code that its authors released does; `words` tells which.

import type { PatternGeometry } from './factors.ts';
import { attentionLayers, type LayerFactors } from './forms.ts';

export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly group: 'The paper' | 'After it';
  /** What it is, in a sentence. */
  readonly words: string;
  readonly length: number;
  readonly geometry: PatternGeometry;
  readonly layers: LayerFactors;
  /** What its positions are bytes of. */
  readonly medium: 'picture' | 'text' | 'sound';
  /** Positions in a row of the picture, where a row is not as long as the stride. */
  readonly row?: number;
}

interface Sizes extends Partial<PatternGeometry> {
  readonly length: number;
  readonly stride: number;
}

function experiment(
  id: string,
  name: string,
  { length, stride, summaryCells = Math.min(2, stride), nHead = 1, dilation }: Sizes,
  layers: LayerFactors,
  rest: Pick<Experiment, 'medium' | 'words' | 'row'>,
): Omit<Experiment, 'group'> {
  const geometry = { stride, summaryCells, nHead, ...(dilation !== undefined && { dilation }) };
  return { id, name, length, geometry, layers, ...rest };
}

const strided = attentionLayers('strided', 'interleaved');

const paper: readonly Omit<Experiment, 'group'>[] = [
  experiment('small', 'Small, side by side', { length: 64, stride: 8 }, strided, {
    medium: 'picture',
    words: 'Strided and fixed at a size that can be counted, as in Figure 3 of the paper.',
  }),
  experiment(
    'figure3',
    'Figure 3, 6 × 6 picture',
    { length: 36, stride: 6, summaryCells: 1 },
    attentionLayers('strided', 'merged'),
    {
      medium: 'picture',
      words: 'The picture of six by six pixels of the paper’s Figure 3, both factors in each head.',
    },
  ),
  experiment(
    'cifar10',
    'CIFAR-10, strided',
    { length: 3072, stride: 96, nHead: 2 },
    attentionLayers('strided', 'interleaved', ['column', 'local', 'local', 'local']),
    {
      medium: 'picture',
      words:
        '3,072 bytes of a picture, 2 heads. The stride of one row of 32 × 3 bytes and the turns (column, then three local layers) are those of the released code; the paper gives neither.',
    },
  ),
  experiment(
    'enwik8',
    'enwik8, fixed',
    { length: 12_288, stride: 128, summaryCells: 32, nHead: 8 },
    attentionLayers('fixed', 'merged'),
    {
      medium: 'text',
      words:
        '12,288 bytes of text, 8 merged heads, blocks of 128 with 32 summary cells (section 7.2). One head is drawn; four of them read four different quarters of each block.',
    },
  ),
  experiment(
    'imagenet64',
    'ImageNet 64, strided',
    { length: 12_288, stride: 128, nHead: 16 },
    attentionLayers('strided', 'interleaved', ['local', 'column', 'local', 'local']),
    {
      medium: 'picture',
      row: 192,
      words:
        '12,288 bytes of a picture, 16 heads, stride 128 (section 7.3). The turns (local, column, local, local) are those of the released code.',
    },
  ),
  experiment('audio', 'Classical music, 65,536 samples', { length: 2 ** 16, stride: 256 }, strided, {
    medium: 'sound',
    words: '5.5 seconds at 12 kHz (section 7.4). The paper does not say the stride; this is the square root.',
  }),
  experiment('audio-middle', 'Classical music, 262,144 samples', { length: 2 ** 18, stride: 512 }, strided, {
    medium: 'sound',
    words: '22 seconds at 12 kHz (Table 4); the stride is the square root.',
  }),
  experiment('audio-long', 'Classical music, 1,048,576 samples', { length: 2 ** 20, stride: 1024 }, strided, {
    medium: 'sound',
    words: '87 seconds at 12 kHz, the longest of the paper (Table 4); the stride is the square root.',
  }),
  experiment(
    'reverse',
    'Fixed, in the reverse order',
    { length: 240, stride: 12, summaryCells: 3 },
    attentionLayers('fixed', 'interleaved', ['summary', 'ownBlock']),
    {
      medium: 'picture',
      words:
        'Summary first, own block second: after two layers only about a quarter of all pairs are connected. The order of section 4.2 connects all.',
    },
  ),
];

const successors: readonly Omit<Experiment, 'group'>[] = [
  experiment(
    'gpt3',
    'Dense and local in turn (GPT-3)',
    { length: 2048, stride: 256 },
    [[['local']], [['dense']]],
    {
      medium: 'text',
      words:
        '2,048 positions; layers alternate between dense and a local band. The width of the band was not published: 256 stands for it.',
    },
  ),
  experiment(
    'gemma3',
    'Five local to one dense (Gemma 3)',
    { length: 8192, stride: 1024 },
    [...Array.from({ length: 5 }, () => [['local']] as const), [['dense']]],
    {
      medium: 'text',
      words: 'Five layers with a window of 1,024, then a dense one, here over 8,192 positions.',
    },
  ),
  experiment(
    'sinks',
    'Sliding window with sinks',
    { length: 4096, stride: 256, summaryCells: 4 },
    [[['local', 'sink']]],
    {
      medium: 'text',
      words:
        'A window of 256 and the first 4 positions, which stay visible for ever, as in StreamingLLM: the cache never grows.',
    },
  ),
  experiment(
    'dilated',
    'Dilated window',
    { length: 2048, stride: 64, dilation: 8, nHead: 2 },
    [[['local'], ['dilated']]],
    {
      medium: 'sound',
      words:
        'Half of the heads see the last 64 positions, half see 64 with gaps of 8, as Longformer offers and WaveNet does with convolutions.',
    },
  ),
  experiment(
    'jukebox',
    'Jukebox: block, column, previous block',
    { length: 8192, stride: 128 },
    [[['ownBlock']], [['column']], [['previousBlock']]],
    {
      medium: 'sound',
      words: '8,192 codes of music in 64 blocks of 128; three layers take turns, as in the released priors.',
    },
  ),
  experiment(
    'blocks',
    'Three kinds of blocks in one head',
    { length: 1024, stride: 64, summaryCells: 8 },
    [[['ownBlock', 'previousBlock', 'summary']]],
    {
      medium: 'text',
      words:
        'One’s own block, the one before, and the last cells of all others: a causal cousin of the block patterns of Longformer and DeepSpeed.',
    },
  ),
];

export const EXPERIMENTS: readonly Experiment[] = [
  ...paper.map((one) => ({ ...one, group: 'The paper' as const })),
  ...successors.map((one) => ({ ...one, group: 'After it' as const })),
];

/** Throws a RangeError for a name that none has. */
export function experimentNamed(id: string): Experiment {
  const found = EXPERIMENTS.find((one) => one.id === id);
  if (!found) throw new RangeError(`There is no experiment ${id}.`);
  return found;
}
