// What the page measures of a person's GPU in a few minutes: attention over growing length, a training step, drawing
// bytes. A list that is known beforehand, so that progress is a number; sizes that fit the adapter.

import { EngineError } from '../lib/errors.ts';
import type { ModelConfig } from '../model/config.ts';
import { presets } from '../model/presets.ts';
import type { LayerFactors } from '../patterns/index.ts';
import { adapterOf } from './adapter.ts';
import { Bench, type BenchHost } from './bench.ts';
import { AttentionSeries } from './groups/attention.ts';
import { sampleEnd, sampleWhole } from './groups/sample.ts';
import { trainRow } from './groups/train.ts';
import { type BenchModel, benchModel, tinyModels } from './models.ts';
import type { Adapter, Ceilings, SurveyPart, SurveyRow } from './rows.ts';
import { builtinBytes } from './training.ts';

export interface SurveyRequest {
  readonly parts: readonly SurveyPart[];
  /** Attention is measured up to this length. */
  readonly longest: number;
}

export interface SurveyItem {
  /** What is measured, for people: "strided attention over 4,096 positions". */
  readonly words: string;
  measure(): Promise<SurveyRow>;
}

export interface Survey {
  readonly adapter: Adapter;
  readonly ceilings: Ceilings;
  readonly items: readonly SurveyItem[];
  /** Ends at once; the item under way rejects with a `Failure` 'cancelled'. */
  stop(): void;
  close(): void;
}

/** A run of one plan takes no longer, so that a page stays usable and everything ends in minutes. */
const LONGEST_RUN_MS = 1000;
/** A browser shuts a site out of WebGPU for two minutes after its second crash. */
const MOST_LOSSES = 2;
const DATA_BYTES = 2 ** 18;
const PATTERNS = ['dense', 'strided', 'fixed'];

/** Opens a device of its own and measures its ceilings. Throws an `EngineError` 'no-webgpu' where there is none. */
export async function openSurvey(webgpu: GPU | undefined, request: SurveyRequest): Promise<Survey> {
  const host: BenchHost = { webgpu, longestDispatchMs: LONGEST_RUN_MS, mostLosses: MOST_LOSSES };
  const bench = await Bench.open(host, {
    groups: request.parts,
    lengths: undefined,
    stride: undefined,
    model: '',
    profile: false,
    data: builtinBytes(DATA_BYTES),
  });
  const items: Record<SurveyPart, () => SurveyItem[]> = {
    attention: () => attentionItems(bench, request.longest),
    train: () => trainItems(bench),
    sample: () => sampleItems(bench),
  };
  return {
    adapter: adapterOf(bench.gpu),
    ceilings: bench.ceilings,
    items: request.parts.flatMap((part) => items[part]()),
    stop: () => bench.stop(),
    close: () => bench.close(),
  };
}

/** Lengths that double, up to the longest: what a computer's GPU is good for, or what a processor can bear. */
export function surveyLengths(software: boolean, longest: number): readonly number[] {
  const [first, most] = software ? [64, 512] : [1024, 2 ** 20];
  const lengths: number[] = [];
  for (let length = first; length <= Math.min(longest, most); length *= 2) lengths.push(length);
  return lengths.length > 0 ? lengths : [first];
}

/** About the square root of a length, in steps that suit the kernels: with it, strided attention grows as n√n. */
export function surveyStride(length: number): number {
  const step = length < 1024 ? 4 : 16;
  return Math.max(2 * step, step * Math.round(Math.sqrt(length) / step));
}

/** As the paper's c, at most: with c growing along, fixed attention would not be n√n. */
const summaryCellsFor = (stride: number) => Math.min(8, stride >> 2);

function attentionItems(bench: Bench, longest: number): SurveyItem[] {
  const series = new AttentionSeries(bench);
  return surveyLengths(bench.software, longest).flatMap((length) => {
    const stride = surveyStride(length);
    const sizes = { length, stride, summaryCells: summaryCellsFor(stride) };
    const subjects = PATTERNS.map((pattern) => ({ pattern, ...sizes }));
    return subjects.map((subject, index) => ({
      words: `${subject.pattern} attention over ${length.toLocaleString('en')} positions`,
      measure: async () => {
        // Queries, keys and values lie in one buffer: 3 numbers for each of 256 features.
        const needed = 3 * 256 * 4 * length;
        const { maxBindingBytes } = bench.gpu;
        if (needed > maxBindingBytes) {
          return bench.skip('attention', subject, tooLarge(needed, maxBindingBytes));
        }
        if (index === 0) await series.prepare(subjects);
        return series.row(subject);
      },
    }));
  });
}

const tooLarge = (needed: number, largest: number) =>
  `needs a buffer of ${Math.ceil(needed / 2 ** 20)} MiB; this adapter's largest is ${Math.floor(largest / 2 ** 20)} MiB`;

const forms: readonly (readonly [name: string, layers: LayerFactors])[] = [
  ['dense', [[['dense']]]],
  ['strided', [[['local', 'column']]]],
  ['fixed', [[['ownBlock', 'summary']]]],
];

/** A model of a few million weights, once for each pattern. */
function longModels(length: number, names: readonly string[]): BenchModel[] {
  const stride = surveyStride(length);
  return forms
    .filter(([name]) => names.includes(name))
    .map(([name, layers]) =>
      benchModel(
        `4 layers of 256, context ${length.toLocaleString('en')}, ${name}`,
        [4, 256, 4, 1024, length, 1],
        [stride, summaryCellsFor(stride), layers],
      ),
    );
}

function smallPreset(): BenchModel {
  const { model, training } = presets.small;
  const { microBatch, accumulation, recompute } = training;
  return { name: 'the small preset', config: model, shape: { microBatch, accumulation, recompute } };
}

/** On a processor one model, the strided one of two layers. */
function tinyModel(): BenchModel {
  const model = tinyModels[1];
  if (!model) throw new EngineError('internal', 'There is no tiny model.');
  return { ...model, name: '2 layers of 32, strided' };
}

const modelWords = ({ name, config }: { name: string; config: ModelConfig }) =>
  `${name}${name.includes('context') ? '' : `, context ${config.contextLength.toLocaleString('en')}`}`;

function trainItems(bench: Bench): SurveyItem[] {
  const models = bench.software
    ? [tinyModel()]
    : [smallPreset(), ...longModels(4096, ['dense', 'strided', 'fixed'])];
  return models.map((model) => ({
    words: `a training step: ${modelWords(model)}`,
    measure: () => trainRow(bench, model),
  }));
}

function sampleItems(bench: Bench): SurveyItem[] {
  const whole = bench.software ? tinyModel() : smallPreset();
  const ends = bench.software ? [] : longModels(8192, ['dense', 'strided']);
  return [
    { words: `drawing bytes: ${modelWords(whole)}`, measure: () => sampleWhole(bench, whole, 1) },
    ...ends.map((model) => ({
      words: `drawing the last bytes: ${modelWords(model)}`,
      measure: () => sampleEnd(bench, model, 32),
    })),
  ];
}
