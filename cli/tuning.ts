// What `tune` found, kept by adapter in the user's cache folder; the commands that use the GPU follow it, unless
// WEFT_TUNING=off; `bench` measures without it, so that its figures are the same for everybody.

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Gpu } from '../src/gpu/device.ts';
import type { Choices } from '../src/kernels/tuner.ts';
import { readObject } from '../src/lib/fields.ts';
import { readBytes, writeBytes } from './files.ts';

/** Raised when candidates change places, which makes older choices wrong. */
const VERSION = 1;

function tuningFile({ profile: { vendor, architecture, description } }: Gpu): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const name = [vendor, architecture, description]
    .filter(Boolean)
    .join('-')
    .replace(/[^\w.-]+/g, '_');
  return join(cache, 'weft', `tuning-${VERSION}-${name.slice(0, 100)}.json`);
}

/** Keeps what was found, or forgets it. */
export async function keepChoices(gpu: Gpu, choices: Choices | undefined): Promise<void> {
  await writeBytes(tuningFile(gpu), new TextEncoder().encode(JSON.stringify(choices ?? {})));
}

/** What an earlier `tune` found on this adapter; undefined where there was none, or it is to be left aside. */
export async function keptChoices(gpu: Gpu): Promise<Choices | undefined> {
  if (process.env.WEFT_TUNING === 'off' || gpu.profile.software) return undefined;
  try {
    const path = tuningFile(gpu);
    const text = new TextDecoder().decode(await readBytes(path));
    const kept = JSON.parse(text) as Record<string, number>;
    const fields = readObject(text, path);
    const choices = Object.fromEntries(Object.keys(kept).map((key) => [key, fields.count(key, 0, 100)]));
    return Object.keys(choices).length > 0 ? choices : undefined;
  } catch {
    // None, or a damaged one: the usual tiles do well, too.
    return undefined;
  }
}
