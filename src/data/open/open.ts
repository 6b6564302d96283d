// Files in, a data set out: any number of them, packed or not, told apart by their content.

import { breather } from '../../lib/breathe.ts';
import { Failure } from '../../lib/errors.ts';
import type { Dataset, Skipped } from '../dataset.ts';
import type { MediumKind } from '../medium.ts';
import { DATA_SETS, ImageCollector } from './images.ts';
import { type Leaf, leavesOf, reasonOf } from './leaves.ts';
import { plainName } from './names.ts';
import type { DecodeHooks, OpenOptions, SourceFile } from './options.ts';
import { inReadingOrder, shuffled } from './order.ts';
import { KIND_WORDS } from './sniff.ts';
import { SoundCollector } from './sound.ts';
import { TextCollector } from './text.ts';

/** Gathers the bytes of one medium, file by file. */
export interface Collector {
  /** Pictures, or files of text or sound, so far. */
  readonly items: number;
  /**
   * Takes a file, awaiting `pause` often with the share of the file that is done, which gives others a turn and throws
   * when the work is to end. Throws a `Failure`, a clause: 'bad-file' for a file that cannot be read, 'bad-input' where
   * there is too much.
   */
  add(leaf: Leaf, pause: (share: number) => Promise<void>): Promise<void>;
  /** What came together. */
  finish(): Pick<Dataset, 'medium' | 'bytes'>;
}

/** Files left out that are told of: of each reason, and in all. */
const MAX_SKIPPED_EACH = 100;
const MAX_SKIPPED = 1000;

/** The share of the work that looking at all files is, before they are read. */
const LOOKING = 0.1;

/**
 * Reads files as data to train on. What cannot be read is left out and listed; throws a `Failure` 'bad-file' when
 * nothing is left, or too much, and 'cancelled' when the signal says so.
 */
export async function openFiles(
  files: readonly SourceFile[],
  options: OpenOptions,
  decode: DecodeHooks = {},
): Promise<Dataset> {
  if (files.length === 0) throw new Failure('bad-file', 'There is no file to open.');
  const common = commonName(files);
  const name = common ?? `${files.length.toLocaleString('en')} files`;
  const skipped: Skipped[] = [];
  const pause = pauseOf(options);
  const leaves: Leaf[] = [];
  const pauseLooking = (share?: number) => pause(share === undefined ? undefined : LOOKING * share);
  for await (const leaf of leavesOf(inReadingOrder(files), skipped, pauseLooking)) leaves.push(leaf);
  const kind = options.kind === 'auto' ? commonKind(leaves) : options.kind;
  // Archives list their files in any order.
  const fitting = inReadingOrder(leaves).filter((leaf) => {
    const reason = misfit(leaf, options.kind, kind, leaves.length === 1);
    if (reason !== undefined) skipped.push({ name: leaf.name, reason });
    return reason === undefined;
  });
  const collector = collectorOf(kind, options, decode);
  const total = fitting.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let done = 0;
  // A folder often holds one class of pictures: in order, the held-out part would be of the last alone.
  for (const leaf of kind === 'image' ? shuffled(fitting) : fitting) {
    if (collector.items >= (options.maxItems ?? Infinity)) break;
    const pauseInside = (share: number) =>
      pause(LOOKING + ((1 - LOOKING) * (done + share * leaf.sizeBytes)) / total);
    try {
      await pauseInside(0);
      await collector.add(leaf, pauseInside);
    } catch (error) {
      if (error instanceof Failure && error.code === 'bad-input') throw named(name, error);
      skipped.push({ name: leaf.name, reason: reasonOf(error) });
    }
    done += leaf.sizeBytes;
  }
  // Whoever gave up while the last file was read wants no data.
  await pause();
  if (collector.items === 0) throw nothingLeft(common, kind, skipped);
  options.onProgress?.(1);
  const { items } = collector;
  return { name, ...collector.finish(), items, skipped: told(skipped), skippedCount: skipped.length };
}

/** The first files of each reason, so that thousands of one do not hide another. */
function told(skipped: readonly Skipped[]): Skipped[] {
  const counts = new Map<string, number>();
  const few = skipped.filter(({ reason }) => {
    const count = (counts.get(reason) ?? 0) + 1;
    counts.set(reason, count);
    return count <= MAX_SKIPPED_EACH;
  });
  return few.slice(0, MAX_SKIPPED);
}

/** What gives others a turn, tells how far the work is where that is known, and throws where it is to end. */
function pauseOf({ signal, onProgress }: OpenOptions): (share?: number) => Promise<void> {
  const breathe = breather();
  let told = 0;
  return async (share) => {
    // The whole is told at the end, once.
    if (share !== undefined && share >= told + 0.01 && share < 1) {
      onProgress?.(share);
      told = share;
    }
    await breathe();
    if (signal?.aborted) throw new Failure('cancelled', 'Opening was cancelled.');
  };
}

/** A failure's clause as a sentence about the data. */
const named = (name: string, { code, message }: Failure) => new Failure(code, `${name}: ${message}`);

function collectorOf(kind: MediumKind, options: OpenOptions, decode: DecodeHooks): Collector {
  if (kind === 'image') return new ImageCollector(options, decode);
  return kind === 'audio' ? new SoundCollector(options, decode) : new TextCollector();
}

/** What most files are; where that is a draw, pictures rather than sound rather than text. */
function commonKind(leaves: readonly Leaf[]): MediumKind {
  const counts = { image: 0, audio: 0, text: 0 };
  for (const { sniffed, sizeBytes } of leaves) {
    if (!(sniffed.kind in counts)) continue;
    // A data set is many pictures, whatever lies beside it to be read first.
    const isMany = sniffed.kind === 'image' && sniffed.format in DATA_SETS;
    counts[sniffed.kind as MediumKind] += isMany ? Math.max(1, sizeBytes / 1024) : 1;
  }
  const kinds: readonly MediumKind[] = ['image', 'audio', 'text'];
  const best = kinds.reduce((best, kind) => (counts[kind] > counts[best] ? kind : best));
  return counts[best] > 0 ? best : 'text';
}

/**
 * Why a file is not of a kind, as a clause. A file that is alone may be read as text whatever it holds; where nobody said
 * so, only if that is unknown.
 */
function misfit(
  { sniffed }: Leaf,
  wanted: OpenOptions['kind'],
  kind: MediumKind,
  alone: boolean,
): string | undefined {
  if (sniffed.kind === kind) return undefined;
  if (sniffed.kind === 'empty') return 'it is empty';
  const asText = kind === 'text' && alone;
  if (asText && wanted === 'text') return undefined;
  if (sniffed.kind === 'foreign') return sniffed.reason;
  if (asText) return undefined;
  return sniffed.kind === 'unknown'
    ? `it holds no ${KIND_WORDS[kind]} in a format that is known here`
    : `it holds ${KIND_WORDS[sniffed.kind]}, not ${KIND_WORDS[kind]}`;
}

function nothingLeft(
  name: string | undefined,
  kind: MediumKind,
  [first, ...others]: readonly Skipped[],
): Failure {
  if (!first) return new Failure('bad-file', `${name ?? 'These files'}: there is no file inside.`);
  const reason = `${first.name}: ${first.reason}.`;
  if (others.length === 0) return new Failure('bad-file', reason);
  const count = (1 + others.length).toLocaleString('en');
  const where = name === undefined ? '' : ` in ${name}`;
  return new Failure(
    'bad-file',
    `None of ${count} files${where} can be read as ${KIND_WORDS[kind]}. The first, ${reason}`,
  );
}

/** One file's name; of many, that of the folder which holds them all. */
function commonName(files: readonly SourceFile[]): string | undefined {
  const [first, ...others] = files;
  if (!first) return undefined;
  if (others.length === 0) return plainName(first.name);
  const folder = first.name.slice(0, first.name.indexOf('/') + 1);
  return folder !== '' && others.every(({ name }) => name.startsWith(folder))
    ? plainName(folder.slice(0, -1))
    : undefined;
}
