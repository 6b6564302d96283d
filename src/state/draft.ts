// The settings of the next run while a person edits them: what else moves when one of them moves, and the
// choices that stand for several settings at once (pattern and form for the attention layers).

import { type Medium, mediumWords, sameMedium } from '../data/medium.ts';
import type { ModelConfig } from '../model/config.ts';
import { presetFor, presets } from '../model/presets.ts';
import {
  attentionForm,
  attentionLayers,
  type Factor,
  type Form,
  PATTERN_FACTORS,
  type Pattern,
} from '../patterns/index.ts';
import type { PresetName, RunConfig, TrainingConfig } from '../protocol/index.ts';

/** A preset as it is, or settings of one's own. */
type PresetChoice = PresetName | 'own';

export const presetNames = Object.keys(presets) as PresetName[];

/** The preset, for its medium, that a run equals, its name left aside. */
export function presetOf(run: RunConfig): PresetChoice {
  const bare = ({ model, training }: RunConfig) => JSON.stringify([model, training]);
  return presetNames.find((name) => bare(presetFor(run.medium, name)) === bare(run)) ?? 'own';
}

/** The next larger preset, for its medium, of a run that equals one; undefined where there is none. */
export function largerPreset(run: RunConfig): PresetName | undefined {
  const choice = presetOf(run);
  return choice === 'own' ? undefined : presetNames[presetNames.indexOf(choice) + 1];
}

/**
 * A run's settings for another medium. A preset becomes the same preset for that medium; of settings of one's own only
 * what depends on the medium changes: context, stride and positions.
 */
export function withMedium(run: RunConfig, medium: Medium): RunConfig {
  if (sameMedium(run.medium, medium)) return run;
  const choice = presetOf(run);
  if (choice !== 'own') return { ...presetFor(medium, choice), name: run.name };
  if (run.medium.kind !== 'image' && medium.kind !== 'image') return { ...run, medium };
  const { contextLength, attention, positions } = presetFor(medium, nearestPreset(run)).model;
  const { stride } = attention;
  const summaryCells = Math.min(run.model.attention.summaryCells, stride);
  const own = { ...run.model, contextLength, positions };
  return { ...run, medium, model: { ...own, attention: { ...run.model.attention, stride, summaryCells } } };
}

/** The preset whose model is about as wide. */
function nearestPreset({ model }: RunConfig): PresetName {
  const apart = (name: PresetName) => Math.abs(Math.log(presets[name].model.dModel / model.dModel));
  return presetNames.reduce((best, name) => (apart(name) < apart(best) ? name : best));
}

/** Why settings cannot learn from data of this medium; undefined when they can. */
export function mediumMismatch(run: RunConfig, medium: Medium): string | undefined {
  if (sameMedium(run.medium, medium)) return undefined;
  return `These settings are for ${mediumWords(run.medium)}, but the open data is ${mediumWords(medium)}. Choose a preset, or open other data.`;
}

export function withTraining(run: RunConfig, change: Partial<TrainingConfig>): RunConfig {
  return { ...run, training: { ...run.training, ...change } };
}

/** Changes the model, keeping the proportions that the old one had. */
export function withModel(run: RunConfig, change: Partial<ModelConfig>): RunConfig {
  const old = run.model;
  const model = { ...old, ...change };
  if (change.dModel !== undefined) {
    const scaled = (width: number) => Math.max(1, Math.round((width / old.dModel) * model.dModel));
    if (change.dFF === undefined) Object.assign(model, { dFF: scaled(old.dFF) });
    if (change.dQueryKey === undefined) Object.assign(model, { dQueryKey: scaled(old.dQueryKey) });
  }
  return { ...run, model };
}

/** Sets the paper's l; the position table follows where it had the same width. */
export function withStride(run: RunConfig, stride: number): RunConfig {
  const { attention, positions } = run.model;
  const followed = positions.kind === 'attention' && positions.stride === attention.stride;
  return withModel(run, {
    attention: { ...attention, stride, summaryCells: Math.min(attention.summaryCells, stride) },
    positions: followed ? { kind: 'attention', stride } : positions,
  });
}

interface PatternChoice {
  /** Undefined where the factors are no pattern with a name. */
  readonly pattern: Pattern | undefined;
  /** How two factors share the work; kept while a pattern of one factor is chosen. */
  readonly form: Form;
  /** The factors' turns; empty where they take none. */
  readonly cycle: readonly Factor[];
}

export function patternChoice(run: RunConfig): PatternChoice {
  const { pattern, form, cycle } = attentionForm(run.model.attention.layers);
  return { pattern, form: form ?? 'merged', cycle };
}

export function withPattern(
  run: RunConfig,
  pattern: Pattern,
  form: Form,
  cycle: readonly Factor[] = PATTERN_FACTORS[pattern],
): RunConfig {
  const layers = attentionLayers(pattern, form, cycle);
  return withModel(run, { attention: { ...run.model.attention, layers } });
}

/**
 * Trains with a pattern that was put together elsewhere. Its length becomes the context where a model of that length
 * can be trained at home, and its heads are taken where they divide the model's width.
 */
export function withAttention(
  run: RunConfig,
  attention: ModelConfig['attention'],
  { contextLength, nHead }: Pick<ModelConfig, 'contextLength' | 'nHead'>,
): RunConfig {
  const { dModel, dQueryKey } = run.model;
  const divides = [dModel, dQueryKey].every((width) => width % (4 * nHead) === 0);
  return withModel(run, {
    attention,
    positions: { kind: 'attention', stride: attention.stride },
    contextLength: contextLength <= LONGEST_CONTEXT ? contextLength : run.model.contextLength,
    nHead: divides ? nHead : run.model.nHead,
  });
}

const LONGEST_CONTEXT = 4096;
