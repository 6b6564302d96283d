// Patterns worth looking at: the paper's experiments (its section 7), and what came after it. Where the paper does not
// say a number, the code that its authors released does; `words` tells which.

import { wholeView } from '../../components/attention/view.ts';
import { attentionLayers } from '../../patterns/index.ts';
import { changed, INITIAL, type PatternSettings } from './settings.ts';

export interface PatternPreset {
  readonly id: string;
  readonly name: string;
  readonly group: 'The paper' | 'After it';
  /** What it is, in a sentence. */
  readonly words: string;
  readonly settings: PatternSettings;
}

type Change = Partial<PatternSettings> & Pick<PatternSettings, 'length' | 'stride' | 'layers'>;

/** Settings whose chosen position is three quarters in, and asks for one near the start. */
function of({ length, stride, ...more }: Change): PatternSettings {
  const start = changed({ ...INITIAL, length, stride, summaryCells: Math.min(2, stride), row: stride }, {});
  const query = Math.floor(length * 0.8);
  const view = wholeView(length);
  return changed(start, { beside: null, query, source: Math.floor(length / 20), view, ...more });
}

const strided = attentionLayers('strided', 'interleaved');
const fixed = attentionLayers('fixed', 'interleaved');
const column3 = attentionLayers('strided', 'interleaved', ['column', 'local', 'local', 'local']);

export const PRESETS: readonly PatternPreset[] = [
  {
    id: 'small',
    name: 'Small, side by side',
    group: 'The paper',
    words: 'Strided and fixed at a size that can be counted, as in Figure 3 of the paper.',
    settings: INITIAL,
  },
  {
    id: 'figure3',
    name: 'Figure 3, 6 × 6 picture',
    group: 'The paper',
    words: 'The picture of six by six pixels of the paper’s Figure 3, both factors in each head.',
    settings: of({
      length: 36,
      stride: 6,
      summaryCells: 1,
      layers: attentionLayers('strided', 'merged'),
      beside: attentionLayers('fixed', 'merged'),
      query: 27,
      source: 2,
    }),
  },
  {
    id: 'cifar10',
    name: 'CIFAR-10, strided',
    group: 'The paper',
    words:
      '3,072 bytes of a picture, 2 heads. The stride of one row of 32 × 3 bytes and the turns (column, then three local layers) are those of the released code; the paper gives neither.',
    settings: of({ length: 3072, stride: 96, nHead: 2, layers: column3 }),
  },
  {
    id: 'enwik8',
    name: 'enwik8, fixed',
    group: 'The paper',
    words:
      '12,288 bytes of text, 8 merged heads, blocks of 128 with 32 summary cells (section 7.2). One head is drawn; four of them read four different quarters of each block.',
    settings: of({
      length: 12_288,
      stride: 128,
      summaryCells: 32,
      nHead: 8,
      layers: attentionLayers('fixed', 'merged'),
      head: 0,
      medium: 'text',
    }),
  },
  {
    id: 'imagenet64',
    name: 'ImageNet 64, strided',
    group: 'The paper',
    words:
      '12,288 bytes of a picture, 16 heads, stride 128 (section 7.3). The turns (local, column, local, local) are those of the released code.',
    settings: of({
      length: 12_288,
      stride: 128,
      nHead: 16,
      row: 192,
      layers: attentionLayers('strided', 'interleaved', ['local', 'column', 'local', 'local']),
    }),
  },
  {
    id: 'audio',
    name: 'Classical music, 65,536 samples',
    group: 'The paper',
    words: '5.5 seconds at 12 kHz (section 7.4). The paper does not say the stride; this is the square root.',
    settings: of({ length: 65_536, stride: 256, layers: strided, medium: 'sound' }),
  },
  {
    id: 'audio-middle',
    name: 'Classical music, 262,144 samples',
    group: 'The paper',
    words: '22 seconds at 12 kHz (Table 4); the stride is the square root.',
    settings: of({ length: 2 ** 18, stride: 512, layers: strided, medium: 'sound' }),
  },
  {
    id: 'audio-long',
    name: 'Classical music, 1,048,576 samples',
    group: 'The paper',
    words: '87 seconds at 12 kHz, the longest of the paper (Table 4); the stride is the square root.',
    settings: of({ length: 2 ** 20, stride: 1024, layers: strided, medium: 'sound' }),
  },
  {
    id: 'reverse',
    name: 'Fixed, in the reverse order',
    group: 'The paper',
    words:
      'Summary first, own block second: after two layers only about a quarter of all pairs are connected. The order of section 4.2 connects all.',
    settings: of({
      length: 240,
      stride: 12,
      summaryCells: 3,
      layers: attentionLayers('fixed', 'interleaved', ['summary', 'ownBlock']),
      beside: fixed,
      source: 100,
    }),
  },
  {
    id: 'gpt3',
    name: 'Dense and local in turn (GPT-3)',
    group: 'After it',
    words:
      '2,048 positions; layers alternate between dense and a local band. The width of the band was not published: 256 stands for it.',
    settings: of({
      length: 2048,
      stride: 256,
      layers: [[['local']], [['dense']]],
      medium: 'text',
      row: 64,
    }),
  },
  {
    id: 'gemma3',
    name: 'Five local to one dense (Gemma 3)',
    group: 'After it',
    words: 'Five layers with a window of 1,024, then a dense one, here over 8,192 positions.',
    settings: of({
      length: 8192,
      stride: 1024,
      layers: [...Array.from({ length: 5 }, () => [['local']] as const), [['dense']]],
      medium: 'text',
      row: 128,
    }),
  },
  {
    id: 'sinks',
    name: 'Sliding window with sinks',
    group: 'After it',
    words:
      'A window of 256 and the first 4 positions, which stay visible for ever, as in StreamingLLM: the cache never grows.',
    settings: of({
      length: 4096,
      stride: 256,
      summaryCells: 4,
      layers: [[['local', 'sink']]],
      medium: 'text',
      row: 64,
    }),
  },
  {
    id: 'dilated',
    name: 'Dilated window',
    group: 'After it',
    words:
      'Half of the heads see the last 64 positions, half see 64 with gaps of 8, as Longformer offers and WaveNet does with convolutions.',
    settings: of({
      length: 2048,
      stride: 64,
      dilation: 8,
      nHead: 2,
      layers: [[['local'], ['dilated']]],
      medium: 'sound',
    }),
  },
  {
    id: 'jukebox',
    name: 'Jukebox: block, column, previous block',
    group: 'After it',
    words: '8,192 codes of music in 64 blocks of 128; three layers take turns, as in the released priors.',
    settings: of({
      length: 8192,
      stride: 128,
      layers: [[['ownBlock']], [['column']], [['previousBlock']]],
      medium: 'sound',
    }),
  },
  {
    id: 'blocks',
    name: 'Three kinds of blocks in one head',
    group: 'After it',
    words:
      'One’s own block, the one before, and the last cells of all others: a causal cousin of the block patterns of Longformer and DeepSpeed.',
    settings: of({
      length: 1024,
      stride: 64,
      summaryCells: 8,
      layers: [[['ownBlock', 'previousBlock', 'summary']]],
      medium: 'text',
    }),
  },
];

/** The preset that settings equal, but for what is merely looked at: position, view, layer. */
export function presetOf(settings: PatternSettings): PatternPreset | undefined {
  const bare = ({ layer, head, query, source, view, medium, row, ...rest }: PatternSettings) =>
    JSON.stringify(rest);
  return PRESETS.find((preset) => bare(preset.settings) === bare(settings));
}
