// Runs in storage. A run is a folder of checkpoints, and a checkpoint is two files: the tensors, and then, as the
// mark that they are complete, a manifest with their size and hash. Nothing is read that the manifest does not
// vouch for; when the newest checkpoint is damaged, the one before it is taken.

import type { Medium } from '../data/medium.ts';
import { Failure } from '../lib/errors.ts';
import { type Fields, readObject } from '../lib/fields.ts';
import { MAX_NAME } from '../model/config.ts';
import { parseMediumOf } from '../model/parse.ts';
import type { SavedRun } from '../protocol/index.ts';
import type { Store, StoredFile } from './store.ts';
import {
  type Checkpoint,
  type DataIdentity,
  decodeCheckpoint,
  encodeCheckpoint,
  MAX_BITS,
} from './weights.ts';

/** The folder that holds the runs of a browser, one folder each. */
export const RUNS_FOLDER = 'runs';
/** The folder that holds what they train on, each file under its hash. */
const DATA_FOLDER = 'data';

const KEPT_CHECKPOINTS = 2;
const FORMAT = 1;
const DATA = '.safetensors';
const MANIFEST = '.json';

/** What a manifest says; what training needs stands in the checkpoint itself, under the hash. */
interface Manifest {
  readonly format: number;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly name: string;
  readonly medium: Medium;
  readonly step: number;
  readonly steps: number;
  readonly savedAtMs: number;
  readonly heldOutBitsPerByte?: number;
  readonly dataSha256: string;
}

export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A new run's folder below RUNS_FOLDER. */
export function newRunId(): string {
  return crypto.randomUUID();
}

/** Saves a checkpoint in `folder`, and then deletes those that are too many. */
export async function saveCheckpoint(
  store: Store,
  folder: string,
  checkpoint: Checkpoint,
  savedAtMs: number,
): Promise<void> {
  const { run, snapshot } = checkpoint;
  const { step, evaluation } = snapshot.progress;
  const bytes = encodeCheckpoint(checkpoint);
  const manifest: Manifest = {
    format: FORMAT,
    sizeBytes: bytes.length,
    sha256: await sha256(bytes),
    name: run.name,
    medium: run.medium,
    step,
    steps: run.training.steps,
    savedAtMs,
    dataSha256: checkpoint.data.sha256,
    ...(evaluation && { heldOutBitsPerByte: evaluation.bitsPerByte }),
  };
  const path = `${folder}/${String(step).padStart(9, '0')}`;
  await store.write(path + DATA, bytes);
  await store.write(path + MANIFEST, new TextEncoder().encode(JSON.stringify(manifest)));
  // Of later steps there may be some, of another tab that went on from here.
  const others = checkpointsIn(await store.list(folder)).filter((each) => each !== path);
  for (const old of others.slice(KEPT_CHECKPOINTS - 1)) {
    await store.delete(old + MANIFEST);
    await store.delete(old + DATA);
  }
}

/** The newest checkpoint in `folder` that is whole; `damaged` counts newer ones that are not. */
export async function loadCheckpoint(
  store: Store,
  folder: string,
): Promise<{ checkpoint: Checkpoint; damaged: number }> {
  const checkpoints = checkpointsIn(await store.list(folder));
  if (checkpoints.length === 0) throw new Failure('not-found', 'There is no saved run here.');
  let problem: unknown;
  for (const [damaged, path] of checkpoints.entries()) {
    try {
      const manifest = await readManifest(store, path + MANIFEST);
      const bytes = await store.read(path + DATA);
      if (bytes.length !== manifest.sizeBytes || (await sha256(bytes)) !== manifest.sha256) {
        throw new Failure('bad-file', 'The saved run is damaged: its content is not what was saved.');
      }
      return { checkpoint: decodeCheckpoint(bytes), damaged };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problem ??= error;
    }
  }
  throw problem;
}

/** The runs of a browser's store, the latest first. Runs without any readable manifest are left out. */
export async function listRuns(store: Store): Promise<SavedRun[]> {
  const folders = new Map<string, StoredFile[]>();
  for (const file of await store.list(RUNS_FOLDER)) {
    const id = file.path.split('/')[1] ?? '';
    folders.set(id, [...(folders.get(id) ?? []), file]);
  }
  const runs: SavedRun[] = [];
  for (const [id, files] of folders) {
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    for (const path of checkpointsIn(files)) {
      try {
        const { name, medium, step, steps, savedAtMs, heldOutBitsPerByte } = await readManifest(
          store,
          path + MANIFEST,
        );
        runs.push({
          id,
          name,
          medium,
          step,
          steps,
          savedAtMs,
          sizeBytes,
          ...(heldOutBitsPerByte !== undefined && { heldOutBitsPerByte }),
        });
        break;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
    }
  }
  return runs.sort((a, b) => b.savedAtMs - a.savedAtMs);
}

export async function deleteRun(store: Store, id: string): Promise<void> {
  const files = await store.list(`${RUNS_FOLDER}/${id}`);
  if (files.length === 0) throw new Failure('not-found', 'This run is not saved here any more.');
  // Manifests first: a half-deleted run is then one without any, which `sweep` removes.
  const manifestsFirst = [...files].sort(
    (a, b) => Number(b.path.endsWith(MANIFEST)) - Number(a.path.endsWith(MANIFEST)),
  );
  for (const { path } of manifestsFirst) await store.delete(path);
}

/** Keeps the data of a run, so that it can go on another day; nothing where it is kept already. */
export async function saveData(
  store: Store,
  { sha256: name }: DataIdentity,
  bytes: Uint8Array,
): Promise<void> {
  const path = `${DATA_FOLDER}/${name}`;
  const kept = await store.list(DATA_FOLDER);
  if (!kept.some((file) => file.path === path && file.sizeBytes === bytes.length))
    await store.write(path, bytes);
}

/** The data of a run, where it is kept and whole. */
export async function loadData(
  store: Store,
  { sha256: name }: DataIdentity,
): Promise<Uint8Array | undefined> {
  try {
    const bytes = await store.read(`${DATA_FOLDER}/${name}`);
    return (await sha256(bytes)) === name ? bytes : undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return undefined;
  }
}

/** Deletes what interrupted saves left behind, and data that no run needs. Only for the one writer of the store. */
export async function sweep(store: Store): Promise<void> {
  const files = await store.list(RUNS_FOLDER);
  const paths = new Set(files.map(({ path }) => path));
  const needed = new Set<string>();
  for (const path of paths) {
    const base = path.replace(/\.[a-z]+$/, '');
    const isWhole =
      paths.has(base + DATA) && paths.has(base + MANIFEST) && /\.(json|safetensors)$/.test(path);
    if (!isWhole) await store.delete(path);
    else if (path.endsWith(MANIFEST)) needed.add(await dataOf(store, path));
  }
  for (const { path } of await store.list(DATA_FOLDER)) {
    if (!needed.has(path.slice(DATA_FOLDER.length + 1))) await store.delete(path);
  }
}

/** The data that a manifest names, though a newer version may have written it. */
async function dataOf(store: Store, manifestPath: string): Promise<string> {
  try {
    return (await readFields(store, manifestPath)).text('dataSha256', 64);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return '';
  }
}

/** Paths, without their ending, of the complete checkpoints among files: the newest first. */
function checkpointsIn(files: readonly StoredFile[]): string[] {
  return files
    .filter(({ path }) => path.endsWith(MANIFEST))
    .map(({ path }) => path.slice(0, -MANIFEST.length))
    .sort()
    .reverse();
}

async function readFields(store: Store, path: string): Promise<Fields> {
  return readObject(new TextDecoder().decode(await store.read(path)), 'The manifest of the saved run');
}

async function readManifest(store: Store, path: string): Promise<Manifest> {
  const fields = await readFields(store, path);
  const format = fields.count('format', 1, 1e9);
  if (format > FORMAT) {
    throw new Failure(
      'bad-file',
      'This run was saved by a newer version of Weft. Reload the page to get it.',
    );
  }
  return {
    format,
    sizeBytes: fields.count('sizeBytes', 0, 2 ** 40),
    sha256: fields.text('sha256', 64),
    name: fields.text('name', MAX_NAME),
    medium: parseMediumOf(fields),
    step: fields.count('step', 0, 1e9),
    steps: fields.count('steps', 1, 1e9),
    savedAtMs: fields.number('savedAtMs', 0, 1e15),
    dataSha256: fields.text('dataSha256', 64),
    ...(fields.has('heldOutBitsPerByte') && {
      heldOutBitsPerByte: fields.number('heldOutBitsPerByte', 0, MAX_BITS),
    }),
  };
}
