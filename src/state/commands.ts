// What a person can do. Each command asks the engine through src/client/client.ts and writes into the store
// what came of it; what the engine does on its own arrives as events.

import { type Client, startEngine } from '../client/client.ts';
import { builtinFile } from '../data/builtin-text.ts';
import { presets } from '../model/presets.ts';
import type {
  BenchmarkRequest,
  DatasetInfo,
  GenerateRequest,
  Preflight,
  Result,
  RunConfig,
  WireError,
} from '../protocol/index.ts';
import { beginMeasuring, failMeasuring } from './benchmark.ts';
import { openDataset } from './data.ts';
import { beginWriting, failWriting } from './generation.ts';
import { withNotice, withoutNotice } from './notices.ts';
import { readSettings, writeSettings } from './persist.ts';
import { initialRun, isActive, newRecord } from './run.ts';
import type { SettingsSlice } from './settings.ts';
import { onEvent, onLifecycle, useWeft } from './store.ts';

let client: Client | null = null;
/** Kept so that a restarted engine can read it again; the page never looks inside. */
let openedFile: File | null = null;
let generations = 0;
let measurements = 0;

const set = useWeft.setState;
const get = useWeft.getState;

/** Reads the person's choices, keeps storing them, and starts the engine. */
export function begin(start: typeof startEngine = startEngine, storage: Storage = localStorage): void {
  set({ settings: readSettings(storage) });
  useWeft.subscribe(({ settings }, before) => {
    if (settings !== before.settings) writeSettings(storage, settings, before.settings);
  });
  client = start({
    onEvent: (event) => set((state) => onEvent(state, event)),
    onLifecycle: (lifecycle) => {
      set((state) => onLifecycle(state, lifecycle));
      if (lifecycle.state === 'ready') void onReady();
    },
  });
}

async function onReady(): Promise<void> {
  await Promise.all([refreshRuns(), openedFile ? openFile(openedFile) : undefined]);
}

function engine(): Client {
  if (!client) throw new Error('begin() comes first');
  return client;
}

function tell(error: WireError): void {
  if (error.code !== 'cancelled')
    set(({ notices }) => ({ notices: withNotice(notices, 'error', error.message) }));
}

/** Passes on a value, or tells the person why there is none. */
function orTell<T>(result: Result<T>): T | null {
  if (result.ok) return result.value;
  tell(result.error);
  return null;
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

/** Opens a file to learn from. */
export async function openFile(file: File): Promise<boolean> {
  const still = openDataset(get().data);
  set({ data: { state: 'reading', name: file.name, still } });
  const opened = await engine().call('openData', file);
  if (opened.ok) openedFile = file;
  set({
    data: opened.ok
      ? { state: 'open', info: opened.value }
      : { state: 'refused', name: file.name, error: opened.error, still },
  });
  if (opened.ok) supply(opened.value);
  return opened.ok;
}

/** A saved run that was opened without its text gets the yardsticks of it. */
function supply(dataset: DatasetInfo): void {
  set(({ run }) => {
    const { record } = run;
    if (!record || record.setup.data || !dataOf(record.setup.config, dataset)) return {};
    return { run: { ...run, record: { ...record, setup: { ...record.setup, data: dataset } } } };
  });
}

/** Something was offered that is no file to learn from. */
export function refuseFile(problem: string): void {
  tell({ code: 'bad-input', message: problem });
}

export function openBuiltinText(): Promise<boolean> {
  return openFile(builtinFile());
}

export function costOf(run: RunConfig): Promise<Result<Preflight>> {
  return engine().call('preflight', run);
}

/** Starts training with the settings at hand; `fineTune` goes on from the present model's weights. */
export async function startRun(fineTune = false): Promise<void> {
  const { settings, data, run, library } = get();
  const dataset = openDataset(data);
  if (!dataset || isActive(run.status)) return;
  // Weights fit the model that they were trained in, whatever the settings say.
  const model = fineTune && library.model ? library.model.config : settings.run.model;
  const config = { ...settings.run, model, name: dataset.name };
  const record = newRecord({ config, data: dataset, cost: null, from: null });
  set({ run: { status: { state: 'preparing', what: 'Laying out the model' }, record } });
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

/** The shortest way to a model: the built-in text and the tiny preset. */
export async function trainBuiltin(): Promise<void> {
  changeSettings({ run: presets.tiny });
  if (await openBuiltinText()) await startRun();
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
  set(({ run }) => (isActive(run.status) ? {} : { run: initialRun }));
}

/** The open text, where it is the one that a run was named after. */
function dataOf(config: RunConfig, dataset: DatasetInfo | null): DatasetInfo | null {
  return dataset?.name === config.name ? dataset : null;
}

export async function openRun(id: string): Promise<boolean> {
  const config = orTell(await engine().call('openRun', id));
  if (!config) return false;
  const { library, data } = get();
  const from = library.runs.find((run) => run.id === id) ?? null;
  const record = newRecord({ config, data: dataOf(config, openDataset(data)), cost: null, from });
  set(({ run, settings }) => ({ run: { ...run, record }, settings: { ...settings, run: config } }));
  const cost = await costOf(config);
  if (cost.ok) withCost(config, cost.value);
  return true;
}

export async function deleteRun(id: string): Promise<void> {
  if (orTell(await engine().call('deleteRun', id)) !== null) await refreshRuns();
}

async function refreshRuns(): Promise<void> {
  const runs = await engine().call('listRuns');
  if (runs.ok) set(({ library }) => ({ library: { ...library, runs: runs.value } }));
}

/** The model's weights as a file, or null when there is a notice instead. */
export async function exportWeights(): Promise<Blob | null> {
  return orTell(await engine().call('exportWeights'));
}

export async function importWeights(file: File): Promise<boolean> {
  const model = orTell(await engine().call('importWeights', file));
  // Another model takes the place of the run's, which has ended.
  if (model) set(({ library }) => ({ library: { ...library, model }, run: initialRun }));
  return model !== null;
}

export async function generate(request: GenerateRequest): Promise<void> {
  const id = ++generations;
  set({ generation: beginWriting(id, request) });
  const answer = await engine().call('generate', id, request);
  if (!answer.ok) set(({ generation }) => ({ generation: failWriting(generation, id, answer.error) }));
}

export async function stopGenerating(): Promise<void> {
  orTell(await engine().call('stopGenerating'));
}

/** Measures the GPU. A run that trains is paused first, where the person has agreed to that. */
export async function measure(request: BenchmarkRequest, pauses: boolean): Promise<void> {
  if (get().benchmark.state === 'measuring') return;
  const id = ++measurements;
  set({ benchmark: beginMeasuring(id, request, Date.now()) });
  const paused = pauses ? await engine().call('pauseRun') : null;
  const answer = paused?.ok === false ? paused : await engine().call('benchmark', id, request);
  if (!answer.ok) set(({ benchmark }) => ({ benchmark: failMeasuring(benchmark, id, answer.error) }));
}

export async function stopMeasuring(): Promise<void> {
  orTell(await engine().call('stopBenchmark'));
}

export function startTour(): void {
  goToTourStep(0);
}

export function goToTourStep(step: number): void {
  set({ tour: { step } });
}

/** Ends the tour, wherever it is; it is not offered in words again. */
export function endTour(): void {
  set({ tour: { step: null } });
  changeSettings({ tour: { seen: true } });
}
