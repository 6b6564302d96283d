// Files that become data: opened one request at a time, with the browser's decoders, until they are read or stopped.

import { builtinAudioFile } from '../data/builtin-audio.ts';
import { drawingImagesFile } from '../data/builtin-images.ts';
import { builtinFile } from '../data/builtin-text.ts';
import type { Dataset } from '../data/dataset.ts';
import { itemBytes, type Medium, type MediumKind } from '../data/medium.ts';
import { openFiles } from '../data/open/open.ts';
import { type OpenOptions, optionsFor } from '../data/open/options.ts';
import { KIND_WORDS } from '../data/open/sniff.ts';
import { Failure } from '../lib/errors.ts';
import { inSlices } from '../lib/slices.ts';
import type { DataOptions, DecodedSound, EngineEvent, Result } from '../protocol/index.ts';
import { decodeImage, SoundDecoder } from './decoding.ts';

export class Opening {
  readonly #emit: (event: EngineEvent) => void;
  readonly #sounds: SoundDecoder;
  #stop = new AbortController();

  constructor(emit: (event: EngineEvent) => void) {
    this.#emit = emit;
    this.#sounds = new SoundDecoder(emit);
  }

  /** Announces files that are to be read in their turn, in place of those that were asked for before. */
  begin(): AbortSignal {
    this.stop();
    this.#stop = new AbortController();
    return this.#stop.signal;
  }

  /** Reads files. Throws a `Failure` 'bad-file' when nothing in them can be read, and 'cancelled' when stopped. */
  async files(files: readonly File[], options: DataOptions, signal = this.begin()): Promise<Dataset> {
    const onProgress = (share: number) => this.#emit({ type: 'opening', share });
    return openFiles(sources(files), { ...options, onProgress, signal }, this.#decoders);
  }

  /** Data that nobody has to bring. */
  async builtin(kind: MediumKind, options: DataOptions, signal = this.begin()): Promise<Dataset> {
    return this.files([await builtinFileOf(kind, options, signal)], { ...options, kind }, signal);
  }

  async item(file: File, medium: Medium): Promise<Uint8Array> {
    // As text any bytes can be read; who drops a picture here did not mean its bytes.
    const kind = medium.kind === 'text' ? 'auto' : medium.kind;
    const options: OpenOptions = { ...optionsFor(medium), kind, maxItems: 1 };
    const { bytes, medium: found, name } = await openFiles(sources([file]), options, this.#decoders);
    if (found.kind !== medium.kind) {
      const reason = `it holds ${KIND_WORDS[found.kind]}, not ${KIND_WORDS[medium.kind]}`;
      throw new Failure('bad-file', `${name}: ${reason}.`);
    }
    return medium.kind === 'image' ? bytes.slice(0, itemBytes(medium)) : bytes;
  }

  stop(): void {
    this.#stop.abort();
    this.#sounds.abandon();
  }

  /** The page has decoded a sound, or not. */
  decoded(id: number, sound: Result<DecodedSound>): void {
    this.#sounds.answer(id, sound);
  }

  get #decoders() {
    return { decodeImage, decodeAudio: (blob: Blob) => this.#sounds.decode(blob) };
  }
}

async function builtinFileOf(
  kind: MediumKind,
  { size, channels, rateHz }: DataOptions,
  signal: AbortSignal,
): Promise<File> {
  if (kind === 'text') return builtinFile();
  if (kind === 'audio') return builtinAudioFile(undefined, rateHz);
  const drawing = drawingImagesFile(undefined, typeof size === 'number' ? size : size?.width, channels);
  const file = await inSlices(drawing, { signal, sliceMs: 100 });
  if (!file) throw new Failure('cancelled', 'Opening was cancelled.');
  return file;
}

/** Files of a folder carry their path, by which errors name them. */
function sources(files: readonly File[]) {
  return files.map((content) => ({ name: content.webkitRelativePath || content.name, content }));
}
