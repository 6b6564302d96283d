// A file of the person's as the bytes that a model of its medium reads, or why it has none.

import type { Medium } from '../../data/medium.ts';
import { readText } from '../../data/text.ts';

export type FileBytes =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly problem: string };

export async function fileBytes(file: File, medium: Medium): Promise<FileBytes> {
  try {
    if (medium.kind === 'text') return { ok: true, bytes: await readText(file) };
    return { ok: false, problem: 'Only text can be opened here so far.' };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
