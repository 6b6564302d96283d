// What a file is, by its content: names lie, and drag and drop loses them.

import { type HEAD_BYTES, unknownPacker } from '../archive/archive.ts';
import { isWav } from '../audio/wav-read.ts';
import { asciiAt } from '../bytes.ts';
import { mayBeCifar } from '../image/cifar.ts';
import { type PictureFormat, pictureFormat } from '../image/headers.ts';
import { isIdx } from '../image/idx.ts';
import { isNpy } from '../image/npy.ts';
import { isPng } from '../image/png-read.ts';
import type { MediumKind } from '../medium.ts';

export type SoundFormat = 'MP3' | 'Ogg' | 'FLAC' | 'AAC' | 'MP4' | 'AIFF' | 'WebM';

export type Sniffed =
  | { readonly kind: 'image'; readonly format: 'PNG' | 'IDX' | 'CIFAR' | 'npy' }
  | { readonly kind: 'image'; readonly format: PictureFormat; readonly byBrowser: true }
  | { readonly kind: 'audio'; readonly format: 'WAV' }
  | { readonly kind: 'audio'; readonly format: SoundFormat; readonly byBrowser: true }
  | { readonly kind: 'text' }
  | { readonly kind: 'empty' }
  /** Known, but not read here, with the reason as a clause. */
  | { readonly kind: 'foreign'; readonly reason: string }
  /** Bytes of no known format. */
  | { readonly kind: 'unknown' };

/** What a file of `sizeBytes` bytes is that begins with `head`: {@link HEAD_BYTES} of it, or all. */
export function sniff(head: Uint8Array, sizeBytes: number): Sniffed {
  if (sizeBytes === 0) return { kind: 'empty' };
  if (isPng(head)) return { kind: 'image', format: 'PNG' };
  if (isWav(head)) return { kind: 'audio', format: 'WAV' };
  if (isNpy(head)) return { kind: 'image', format: 'npy' };
  if (isIdx(head)) return { kind: 'image', format: 'IDX' };
  const picture = pictureFormat(head);
  if (picture) return { kind: 'image', format: picture, byBrowser: true };
  const reason = foreign(head);
  if (reason !== undefined) return { kind: 'foreign', reason };
  const sound = soundFormat(head);
  if (sound) return { kind: 'audio', format: sound, byBrowser: true };
  if (looksLikeText(head)) return { kind: 'text' };
  return mayBeCifar(head, sizeBytes) ? { kind: 'image', format: 'CIFAR' } : { kind: 'unknown' };
}

/** Why a file of a known format is not read, as a clause; undefined for all else. */
function foreign(head: Uint8Array): string | undefined {
  const packer = unknownPacker(head);
  if (packer !== undefined) return `it is packed with ${packer}, which is not read here; unpack it first`;
  // Phones save pictures so, in a container that sound and films have as well.
  if (/^ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1)/.test(asciiAt(head, 4, 8))) {
    return 'it is a HEIC picture, which is not read here; save it as JPEG or PNG first';
  }
  if (['II*\0', 'MM\0*'].includes(asciiAt(head, 0, 4))) {
    return 'it is a TIFF picture, which is not read here; save it as PNG first';
  }
  if (asciiAt(head, 0, 5) === '%PDF-')
    return 'it is a PDF, which is not read here; save its text as a text file';
  if (asciiAt(head, 0, 4) === 'MThd')
    return 'it is MIDI, notes without sound; play it into a sound file first';
  if (asciiAt(head, 0, 8) === '\x89HDF\r\n\x1a\n')
    return 'it is HDF5, which is not read here; save it as .npy';
  return undefined;
}

function soundFormat(head: Uint8Array): SoundFormat | undefined {
  if (asciiAt(head, 0, 4) === 'fLaC') return 'FLAC';
  if (asciiAt(head, 0, 4) === 'OggS') return 'Ogg';
  if (asciiAt(head, 4, 4) === 'ftyp') return 'MP4';
  if (asciiAt(head, 0, 4) === '\x1aE\xdf\xa3') return 'WebM';
  if (asciiAt(head, 0, 4) === 'FORM' && /^AIF[FC]/.test(asciiAt(head, 8, 4))) return 'AIFF';
  // A tag, whose version and flags no text would have; or the first frame: eleven bits, then version, layer, rates.
  if (asciiAt(head, 0, 3) === 'ID3' && head[3]! < 8 && head[4]! < 8) return 'MP3';
  const [sync = 0, mode = 0, rates = 0] = head;
  if (sync !== 0xff || (mode & 0xe0) !== 0xe0) return undefined;
  const [version, layer] = [(mode >> 3) & 3, (mode >> 1) & 3];
  if (layer === 0 && (mode & 0xf6) === 0xf0) return 'AAC';
  const isFrame = version !== 1 && layer === 1 && rates >> 4 !== 15 && ((rates >> 2) & 3) !== 3;
  return isFrame ? 'MP3' : undefined;
}

/** Which UTF-16 a text is in, by its mark. */
export function utf16([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/** Without the control characters that no text has; UTF-16 has them in its letters, behind its mark. */
function looksLikeText(head: Uint8Array): boolean {
  return (
    utf16(head) !== undefined || head.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13) || byte === 27)
  );
}

/** How a kind is called in sentences. */
export const KIND_WORDS: Readonly<Record<MediumKind, string>> = {
  text: 'text',
  image: 'pictures',
  audio: 'sound',
};
