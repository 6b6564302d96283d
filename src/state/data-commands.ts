// What a person can do about the data to learn from, as src/state/commands.ts does about runs.

import { sameMedium } from '../data/medium.ts';
import { optionsFor } from '../data/open/options.ts';
import type { DataOptions, DatasetInfo, Medium, MediumKind, Result, RunConfig } from '../protocol/index.ts';
import { engine, orTell, tell } from './asking.ts';
import { initialData, notRead, openDataset } from './data.ts';
import { presetOf, withMedium } from './draft.ts';
import { isActive } from './run.ts';
import { type DataSettings, dataOptions } from './settings.ts';
import { useWeft } from './store.ts';

/** How the open data was opened, so that it can be read again; the page never looks inside. */
let reopen: (() => Promise<boolean>) | null = null;
/** Counts what was asked to be opened: the engine ends what it reads when it is asked for something newer. */
let openings = 0;

const set = useWeft.setState;
const get = useWeft.getState;

/** Reads the open data for an engine that was restarted, and holds none. */
export async function readForNewEngine(): Promise<void> {
  if (!reopen) return;
  set({ data: initialData });
  await reopen();
}

/** Opens files to learn from, as the settings say. */
export async function openFiles(files: readonly File[]): Promise<boolean> {
  const name = files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`;
  const options = readingOptions();
  return open(
    name,
    () => openFiles(files),
    () => engine().call('openData', files, options),
  );
}

/** Opens data that the page makes itself. */
export function openBuiltin(kind: MediumKind): Promise<boolean> {
  const options = { ...readingOptions(), kind };
  return open(
    `built-in ${kind}`,
    () => openBuiltin(kind),
    () => engine().call('openBuiltin', kind, options),
  );
}

/** A run that waits for its data needs it as it was; all else is read as the settings say. */
function readingOptions(): DataOptions {
  const { run, settings } = get();
  const waiting = run.record && run.record.setup.data === null && run.status.state === 'paused';
  return waiting && run.record ? optionsFor(run.record.setup.config.medium) : dataOptions(settings.data);
}

async function open(
  name: string,
  again: () => Promise<boolean>,
  read: () => Promise<Result<DatasetInfo>>,
): Promise<boolean> {
  const mine = ++openings;
  set({ data: { state: 'reading', name, share: 0, still: openDataset(get().data) } });
  const opened = await read();
  if (opened.ok) reopen = again;
  if (mine !== openings) {
    // It was whole before the newer wish came: the engine holds it until that is read.
    if (opened.ok)
      set(({ data }) => (data.state === 'reading' ? { data: { ...data, still: opened.value } } : {}));
    return false;
  }
  if (!opened.ok) {
    set({ data: notRead(openDataset(get().data), name, opened.error) });
    return false;
  }
  set({ data: { state: 'open', info: opened.value } });
  supply(opened.value);
  fitSettings(opened.value);
  return true;
}

export async function stopOpening(): Promise<void> {
  orTell(await engine().call('stopOpening'));
}

/** Reads the open data again, after other options were chosen. */
export async function changeReading(change: Partial<DataSettings>): Promise<void> {
  set(({ settings }) => ({ settings: { ...settings, data: { ...settings.data, ...change } } }));
  await reopen?.();
}

/** How data has to be read for a model of this medium; null where no choice leads there. */
export function readingFor(medium: Medium): Partial<DataSettings> | null {
  if (medium.kind === 'audio') return { rateHz: medium.rateHz };
  if (medium.kind !== 'image' || medium.width !== medium.height) return null;
  return { side: medium.width, channels: medium.channels };
}

/** The settings follow the data's medium; what the person had set for another one is put aside, not lost. */
function fitSettings({ medium }: DatasetInfo): void {
  set(({ settings, replaced, run }) => {
    if (isActive(run.status) || sameMedium(settings.run.medium, medium)) return {};
    const fitted =
      replaced && sameMedium(replaced.medium, medium) ? replaced : withMedium(settings.run, medium);
    const own = presetOf(settings.run) === 'own';
    return { settings: { ...settings, run: fitted }, replaced: own ? settings.run : null };
  });
}

/** Exchanges the settings at hand for those that were put aside. */
export function bringBackSettings(): void {
  set(({ settings, replaced }) =>
    replaced ? { settings: { ...settings, run: replaced }, replaced: settings.run } : {},
  );
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

/** The open data, where it is what a run was named after. */
export function dataOf(config: RunConfig, dataset: DatasetInfo | null): DatasetInfo | null {
  return dataset?.name === config.name && sameMedium(dataset.medium, config.medium) ? dataset : null;
}
