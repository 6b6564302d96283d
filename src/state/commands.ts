// What a person can do. Each command asks the engine through src/client/client.ts and writes into the store
// what came of it; what the engine does on its own arrives as events.

import { startEngine } from '../client/client.ts';
import { presetFor, presets } from '../model/presets.ts';
import type { MediumKind, Preflight, PresetName, Result, RunConfig } from '../protocol/index.ts';
import { connect, engine, orTell } from './asking.ts';
import { openDataset } from './data.ts';
import { dataOf, openBuiltin, readForNewEngine } from './data-commands.ts';
import { mediumMismatch } from './draft.ts';
import { withoutNotice } from './notices.ts';
import { readSettings, writeSettings } from './persist.ts';
import { isActive, newRecord, putAside, type RunRecord } from './run.ts';
import type { SettingsSlice } from './settings.ts';
import { onEvent, onLifecycle, useWeft } from './store.ts';
import { watchOf } from './watching.ts';

const set = useWeft.setState;
const get = useWeft.getState;

/** Counts runs that were started: what was asked for before one, and answered after it, is of the past. */
let starts = 0;

/** Reads the person's choices, keeps storing them, and starts the engine. */
export function begin(start: typeof startEngine = startEngine, storage = ownStorage()): void {
  if (storage) {
    set({ settings: readSettings(storage) });
    useWeft.subscribe(({ settings }, before) => {
      if (settings !== before.settings) writeSettings(storage, settings, before.settings);
    });
  }
  connect(
    start({
      onEvent: (event) => {
        const before = get().watching;
        set((state) => onEvent(state, event));
        const { watching } = get();
        // Another model may lack the layer or the head that was watched.
        if (watching.on && (watching.layer !== before.layer || watching.head !== before.head))
          void engine().call('watchAttention', watchOf(watching));
      },
      onLifecycle: (lifecycle) => {
        set((state) => onLifecycle(state, lifecycle));
        if (lifecycle.state === 'ready') void onReady();
      },
    }),
  );
}

/** Null where the browser forbids storage: to name it is then an error already. */
function ownStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

async function onReady(): Promise<void> {
  const { watching } = get();
  await Promise.all([
    refreshRuns(),
    readForNewEngine(),
    // A new engine watches nothing yet.
    watching.on ? engine().call('watchAttention', watchOf(watching)) : undefined,
  ]);
}

export function restartEngine(): void {
  engine().restart();
}

export function dismissNotice(id: number): void {
  set(({ notices }) => ({ notices: withoutNotice(notices, id) }));
}

export function changeSettings(change: Partial<SettingsSlice>): void {
  set(({ settings }) => ({ settings: { ...settings, ...change } }));
}

export function costOf(run: RunConfig): Promise<Result<Preflight>> {
  return engine().call('preflight', run);
}

/** Starts training with the settings at hand; `fineTune` goes on from the present model's weights. */
export async function startRun(fineTune = false): Promise<void> {
  const { settings, library } = get();
  // Weights fit the model that they were trained in, whatever the settings say.
  const model = fineTune && library.model ? library.model.config : settings.run.model;
  await startWith({ ...settings.run, model }, fineTune);
}

/** Starts training on the open data with these settings; the run before is put aside. */
export async function startWith(run: RunConfig, fineTune = false): Promise<void> {
  const { data, run: before } = get();
  const dataset = openDataset(data);
  // Once it is read, other data would be trained on than is named here.
  if (data.state === 'reading') return;
  if (!dataset || isActive(before.status) || mediumMismatch(run, dataset.medium)) return;
  starts += 1;
  const config = { ...run, name: dataset.name };
  const record = newRecord({ config, data: dataset, cost: null, from: null });
  const status = { state: 'preparing', what: 'Laying out the model' } as const;
  set({ run: { ...putAside(before), status, record } });
  const [started, cost] = await Promise.all([engine().call('startRun', config, fineTune), costOf(config)]);
  if (!started.ok) {
    set((state) => ({ run: { ...state.run, status: { state: 'failed', error: started.error } } }));
  }
  if (cost.ok) withCost(config, cost.value);
}

function withCost(config: RunConfig, cost: Preflight): void {
  set(({ run }) => {
    const { record } = run;
    // Another run may have begun since the engine was asked.
    if (record?.setup.config !== config) return {};
    return { run: { ...run, record: { ...record, setup: { ...record.setup, cost } } } };
  });
}

/** The shortest way to a model: built-in data and the tiny preset. */
export async function trainBuiltin(kind: MediumKind = 'text'): Promise<void> {
  changeSettings({ run: presets.tiny });
  if (await openBuiltin(kind)) await startRun();
}

/** Trains another preset on the data of the present run, which is put aside. */
export async function trainPreset(name: PresetName): Promise<void> {
  const { record } = get().run;
  if (!record) return;
  const run = presetFor(record.setup.config.medium, name);
  changeSettings({ run });
  await startWith(run);
}

export async function pauseRun(): Promise<void> {
  orTell(await engine().call('pauseRun'));
}

export async function resumeRun(): Promise<void> {
  orTell(await engine().call('resumeRun'));
}

export async function stopRun(): Promise<void> {
  orTell(await engine().call('stopRun'));
}

/** Puts an ended run aside, so that another one can be set up. */
export function clearRun(): void {
  set(({ run }) => (isActive(run.status) ? {} : { run: putAside(run) }));
}

/** Compares with an earlier run no more. */
export function forgetEarlier(record: RunRecord): void {
  set(({ run }) => ({ run: { ...run, earlier: run.earlier.filter((each) => each !== record) } }));
}

export async function openRun(id: string): Promise<boolean> {
  const before = starts;
  const config = orTell(await engine().call('openRun', id));
  if (!config || starts !== before) return false;
  const { library, data } = get();
  const from = library.runs.find((run) => run.id === id) ?? null;
  const record = newRecord({ config, data: dataOf(config, openDataset(data)), cost: null, from });
  set(({ run, settings }) => ({
    run: { ...putAside(run), status: run.status, record },
    settings: { ...settings, run: config },
  }));
  const cost = await costOf(config);
  if (cost.ok) withCost(config, cost.value);
  return true;
}

export async function deleteRun(id: string): Promise<void> {
  if (orTell(await engine().call('deleteRun', id)) !== null) await refreshRuns();
}

async function refreshRuns(): Promise<void> {
  const runs = await engine().call('listRuns');
  if (runs.ok) set(({ library }) => ({ library: { ...library, runs: runs.value, listed: true } }));
}

/** The model's weights as a file, or null when there is a notice instead. */
export async function exportWeights(): Promise<Blob | null> {
  return orTell(await engine().call('exportWeights'));
}

export async function importWeights(file: File): Promise<boolean> {
  const before = starts;
  const model = orTell(await engine().call('importWeights', file));
  if (!model || starts !== before) return false;
  // Another model takes the place of the run's, which has ended.
  set(({ library, run }) => ({ library: { ...library, model }, run: putAside(run) }));
  return true;
}
