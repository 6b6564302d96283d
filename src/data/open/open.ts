// Files in, a data set out: any number of them, packed or not, told apart by their content.

import { breather } from '../../lib/breathe.ts';
import { Failure } from '../../lib/errors.ts';
import type { Dataset, Skipped } from '../dataset.ts';
import type { MediumKind } from '../medium.ts';
import { ImageCollector } from './images.ts';
import { type Leaf, leavesOf, reasonOf } from './leaves.ts';
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
   * Takes a file, awaiting `pause` often, which gives others a turn and throws when the work is to end. Throws a
   * `Failure` 'bad-file', a clause, for a file that cannot be read.
   */
  add(leaf: Leaf, pause: () => Promise<void>): Promise<void>;
  /** What came together. */
  finish(): Pick<Dataset, 'medium' | 'bytes'>;
}

/** Of so many files, the reasons of those left out are kept. */
const MAX_SKIPPED = 1000;

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
  const skipped: Skipped[] = [];
  const breathe = breather();
  const pause = async () => {
    await breathe();
    if (options.signal?.aborted) throw new Failure('cancelled', 'Opening was cancelled.');
  };
  const leaves: Leaf[] = [];
  for await (const leaf of leavesOf(inReadingOrder(files), skipped)) {
    leaves.push(leaf);
    await pause();
  }
  const kind = options.kind === 'auto' ? commonKind(leaves) : options.kind;
  const fitting = leaves.filter((leaf) => {
    const reason = misfit(leaf, kind, leaves.length === 1);
    if (reason !== undefined) skipped.push({ name: leaf.name, reason });
    return reason === undefined;
  });
  const collector = collectorOf(kind, options, decode);
  // A folder often holds one class of pictures: in order, the held-out part would be of the last alone.
  const ordered = kind === 'image' ? shuffled(fitting) : fitting;
  for (const [index, leaf] of ordered.entries()) {
    if (collector.items >= (options.maxItems ?? Infinity)) break;
    await pause();
    try {
      await collector.add(leaf, pause);
    } catch (error) {
      skipped.push({ name: leaf.name, reason: reasonOf(error) });
    }
    options.onProgress?.((index + 1) / ordered.length);
  }
  // Whoever gave up while the last file was read wants no data.
  await pause();
  if (collector.items === 0) throw nothingLeft(kind, skipped);
  const { items } = collector;
  return { name: nameOf(files), ...collector.finish(), items, skipped: skipped.slice(0, MAX_SKIPPED) };
}

function collectorOf(kind: MediumKind, options: OpenOptions, decode: DecodeHooks): Collector {
  if (kind === 'image') return new ImageCollector(options, decode);
  return kind === 'audio' ? new SoundCollector(options, decode) : new TextCollector();
}

/** What most files are; where that is a draw, pictures rather than sound rather than text. */
function commonKind(leaves: readonly Leaf[]): MediumKind {
  const count = (kind: MediumKind) => leaves.filter((leaf) => leaf.sniffed.kind === kind).length;
  const kinds: readonly MediumKind[] = ['image', 'audio', 'text'];
  const best = kinds.reduce((best, kind) => (count(kind) > count(best) ? kind : best));
  return count(best) > 0 ? best : 'text';
}

/** Why a file is not of a kind, as a clause. A file that is alone is read as text whatever it holds. */
function misfit({ sniffed }: Leaf, kind: MediumKind, alone: boolean): string | undefined {
  if (sniffed.kind === kind) return undefined;
  if (sniffed.kind === 'unknown') {
    if (sniffed.packer !== undefined)
      return `it is packed with ${sniffed.packer}, which is not read here; unpack it first`;
    return kind === 'text' && alone ? undefined : `it is no ${KIND_WORDS[kind]} of a kind that is known here`;
  }
  return kind === 'text' && alone
    ? undefined
    : `it holds ${KIND_WORDS[sniffed.kind]}, not ${KIND_WORDS[kind]}`;
}

function nothingLeft(kind: MediumKind, skipped: readonly Skipped[]): Failure {
  const [first, ...others] = skipped;
  if (!first)
    return new Failure('bad-file', `There is nothing in it that can be read as ${KIND_WORDS[kind]}.`);
  const reason = `${first.name}: ${first.reason}.`;
  if (others.length === 0) return new Failure('bad-file', reason);
  const count = skipped.length.toLocaleString('en');
  return new Failure(
    'bad-file',
    `None of ${count} files can be read as ${KIND_WORDS[kind]}. The first: ${reason}`,
  );
}

/** One file's name; of many, that of the folder which holds them all, or their number. */
function nameOf(files: readonly SourceFile[]): string {
  const [first, ...others] = files;
  if (first && others.length === 0) return first.name;
  const folder = first?.name.includes('/') ? first.name.slice(0, first.name.indexOf('/')) : undefined;
  if (folder && others.every(({ name }) => name.startsWith(`${folder}/`))) return folder;
  return `${files.length.toLocaleString('en')} files`;
}
