// Sound files, mixed to one channel, at one rate, as mu-law bytes, one after another.

import { Failure } from '../../lib/errors.ts';
import { flacLength } from '../audio/flac.ts';
import { muLawOf } from '../audio/mulaw.ts';
import { resample } from '../audio/resample.ts';
import { lengthProblem, type Sound, soundOf } from '../audio/sound.ts';
import { readWav } from '../audio/wav-read.ts';
import { mebibytes } from '../bytes.ts';
import { DEFAULT_RATE_HZ, type Medium } from '../medium.ts';
import type { Leaf } from './leaves.ts';
import type { DecodeHooks, OpenOptions } from './options.ts';
import { Room } from './room.ts';

/** Largest compressed file that a browser is asked to decode: ten times that is held as 32-bit numbers. */
const MAX_COMPRESSED_BYTES = 64 * 2 ** 20;

export class SoundCollector {
  readonly #room = new Room('Choose a lower rate, or open fewer files.');
  readonly #rateHz: number;
  readonly #decode: DecodeHooks;
  items = 0;

  constructor({ rateHz = DEFAULT_RATE_HZ }: OpenOptions, decode: DecodeHooks) {
    this.#rateHz = rateHz;
    this.#decode = decode;
  }

  async add(leaf: Leaf, pause: (share: number) => Promise<void>): Promise<void> {
    const sound = await this.#soundOf(leaf);
    const length = Math.round((sound.length * this.#rateHz) / sound.rateHz);
    this.#room.reserve(length);
    let done = 0;
    for (const piece of resample(sound, this.#rateHz)) {
      this.#room.append(muLawOf(piece));
      done += piece.length;
      await pause(done / length);
    }
    this.items += 1;
  }

  finish(): { medium: Medium; bytes: Uint8Array } {
    return { medium: { kind: 'audio', rateHz: this.#rateHz }, bytes: this.#room.whole() };
  }

  async #soundOf(leaf: Leaf): Promise<Sound> {
    const { sniffed, sizeBytes } = leaf;
    if (sniffed.kind !== 'audio') throw new Failure('bad-file', 'it is no sound');
    if (!('byBrowser' in sniffed)) return readWav(await leaf.read());
    const { format } = sniffed;
    const { decodeAudio } = this.#decode;
    if (!decodeAudio) {
      throw new Failure(
        'bad-file',
        `${format} can only be decoded by a browser; open it in the page, or save it as WAV first`,
      );
    }
    if (sizeBytes > MAX_COMPRESSED_BYTES) {
      const limit = mebibytes(MAX_COMPRESSED_BYTES);
      throw new Failure(
        'bad-file',
        `it has ${mebibytes(sizeBytes)}; of ${format} at most ${limit} fit, so open a part of it`,
      );
    }
    const bytes = await leaf.read();
    const flac = flacLength(bytes);
    const problem = flac && lengthProblem(flac.seconds, flac.channels);
    if (problem !== undefined) throw new Failure('bad-file', problem);
    const pcm = await decodeAudio(new Blob([bytes as Uint8Array<ArrayBuffer>])).catch((cause) => {
      // A decoder may know better than that.
      if (cause instanceof Failure) throw cause;
      throw new Failure('bad-file', `the browser cannot decode this ${format} file; it may be damaged`, {
        cause,
      });
    });
    if (pcm.channels.length === 0 || pcm.channels[0]!.length === 0) {
      throw new Failure('bad-file', `the ${format} file holds no sound`);
    }
    return soundOf(pcm);
  }
}
