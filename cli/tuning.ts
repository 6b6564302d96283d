// What `tune` found, kept by adapter in the user's cache folder; the commands that use the GPU follow it, unless
// WEFT_TUNING=off; `bench` measures without it, so that its figures are the same for everybody.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { forgetTuning, loadTuning, saveTuning } from '../src/checkpoint/tuning.ts';
import type { Gpu } from '../src/gpu/device.ts';
import { type Choices, choicesToFollow } from '../src/measure/tuner.ts';
import type { TuningStep } from '../src/measure/tuning.ts';
import { DirectoryStore } from './files.ts';

function store(): DirectoryStore {
  return new DirectoryStore(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'weft'));
}

/** Keeps what was found, or forgets it. */
export async function keepSteps(gpu: Gpu, steps: readonly TuningStep[] | undefined): Promise<void> {
  if (!steps) return forgetTuning(store(), gpu.profile);
  await saveTuning(store(), gpu.profile, { measuredAtMs: Date.now(), on: true, steps });
}

/** What an earlier `tune` found on this adapter; undefined where there was none, or it is to be left aside. */
export async function keptChoices(gpu: Gpu): Promise<Choices | undefined> {
  if (process.env.WEFT_TUNING === 'off') return undefined;
  return choicesToFollow(gpu.profile, await loadTuning(store(), gpu.profile));
}
