// WAV: chunks of a RIFF file, of which `fmt ` says what the samples in `data` are. Read are PCM of 8 to 32 bits,
// floating point of 32 and 64, mu-law and A-law, also as WAVE_FORMAT_EXTENSIBLE. What recorders get wrong and players
// forgive is forgiven: lengths beyond the end of the file, a missing byte of padding, a last frame that is cut.

import { Failure } from '../../lib/errors.ts';
import { asciiAt, viewOf } from '../bytes.ts';
import { decodeALaw, decodeMuLaw } from './mulaw.ts';
import { mixed, type Sound } from './sound.ts';

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;
/** Behind the two bytes of the format, the rest of every GUID that stands for one. */
const GUID_TAIL = '000000001000800000aa00389b71';

/** Bytes where a chunk's content lies. */
interface Chunk {
  readonly start: number;
  readonly end: number;
}

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
  /** Bytes of one sample of one channel. */
  readonly sampleBytes: number;
}

export function isWav(bytes: Uint8Array): boolean {
  return /^(RIFF|RIFX|RF64|BW64)/.test(asciiAt(bytes, 0, 4)) && asciiAt(bytes, 8, 4) === 'WAVE';
}

/** The sound of a WAV file. Throws a `Failure` 'bad-file'. */
export function readWav(bytes: Uint8Array): Sound {
  if (!isWav(bytes)) refuse('the file is no WAV file');
  if (asciiAt(bytes, 0, 4) !== 'RIFF') {
    refuse(
      `the WAV file is of the kind ${asciiAt(bytes, 0, 4)}; save it as an ordinary WAV file (RIFF) first`,
    );
  }
  const { fmt, data } = findChunks(bytes);
  if (!fmt) return refuse('the WAV file lacks the chunk that says what its samples are ("fmt ")');
  const format = readFormat(bytes, fmt);
  if (!data) return refuse('the WAV file holds no samples (it has no "data")');
  const { channels, rateHz, sampleBytes } = format;
  const sampleAt = sampleReader(viewOf(bytes), format);
  const frameBytes = channels * sampleBytes;
  const length = Math.floor((data.end - data.start) / frameBytes);
  const sound = mixed({ rateHz, channels, length }, (frame, channel) =>
    sampleAt(data.start + frame * frameBytes + channel * sampleBytes),
  );
  if (length === 0) refuse('the WAV file holds no samples');
  return sound;
}

function refuse(reason: string): never {
  throw new Failure('bad-file', reason);
}

const isChunkId = (bytes: Uint8Array, at: number) =>
  at + 8 <= bytes.length && /^[ -~]{4}$/.test(asciiAt(bytes, at, 4));

function findChunks(bytes: Uint8Array): { fmt?: Chunk; data?: Chunk } {
  const view = viewOf(bytes);
  let fmt: Chunk | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = asciiAt(bytes, at, 4);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    // A recorder that was cut off, or that wrote into a pipe, leaves a length of 0 or one beyond the end.
    const unknown = size === 0 && id === 'data' && !isChunkId(bytes, start);
    const end = unknown ? bytes.length : Math.min(start + size, bytes.length);
    if (id === 'fmt ') fmt ??= { start, end };
    if (id === 'data' && fmt) return { fmt, data: { start, end } };
    const padded = end + (size % 2);
    at = padded > end && !isChunkId(bytes, padded) && isChunkId(bytes, end) ? end : padded;
  }
  return fmt ? { fmt } : {};
}

function readFormat(bytes: Uint8Array, { start, end }: Chunk): Format {
  if (end - start < 16) refuse('the WAV file ends before it has said what its samples are');
  const view = viewOf(bytes);
  const tag = view.getUint16(start, true);
  const channels = view.getUint16(start + 2, true);
  const bits = view.getUint16(start + 14, true);
  const smallest = Math.ceil(bits / 8);
  // Samples may lie in wider containers, which the length of a frame tells; where it cannot be right it is ignored.
  const container = view.getUint16(start + 12, true) / channels;
  const sampleBytes = [1, 2, 3, 4].includes(container) && container > smallest ? container : smallest;
  const format = { channels, rateHz: view.getUint32(start + 4, true), bits, sampleBytes };
  if (tag !== EXTENSIBLE) return { ...format, tag };
  const tail = Array.from(bytes.subarray(start + 26, start + 40), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  if (end - start < 40 || tail.join('') !== GUID_TAIL) {
    refuse('the samples of the WAV file are of a kind that is not read here; save it as 16-bit PCM');
  }
  return { ...format, tag: view.getUint16(start + 24, true) };
}

/** Reads the sample, in [-1, 1], that begins at a byte. Containers hold their samples in the upper bits. */
function sampleReader(view: DataView, { tag, bits, sampleBytes }: Format): (at: number) => number {
  const is = (wantedTag: number, ...wantedBytes: number[]) =>
    tag === wantedTag && wantedBytes.includes(sampleBytes);
  if (is(PCM, 1)) return (at) => (view.getUint8(at) - 128) / 128;
  if (is(PCM, 2)) return (at) => view.getInt16(at, true) / 2 ** 15;
  if (is(PCM, 3)) return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23;
  if (is(PCM, 4)) return (at) => view.getInt32(at, true) / 2 ** 31;
  if (is(FLOAT, 4)) return (at) => view.getFloat32(at, true);
  if (is(FLOAT, 8)) return (at) => view.getFloat64(at, true);
  if (is(MU_LAW, 1)) return (at) => decodeMuLaw(view.getUint8(at)) / 2 ** 15;
  if (is(A_LAW, 1)) return (at) => decodeALaw(view.getUint8(at)) / 2 ** 15;
  return refuse(
    `the samples of the WAV file have ${bits} bits of format ${tag}; ` +
      'PCM of 8 to 32 bits, floating point, mu-law and A-law are read, so save it as 16-bit PCM',
  );
}
