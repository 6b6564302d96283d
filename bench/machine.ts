// What Node knows of the machine that it measures on.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Adapter } from '../src/measure/rows.ts';

/** "NVIDIA H200, driver 580.159.04"; null where there is no such card or tool. */
export function driverVersion(): string | null {
  try {
    const query = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
    const output = execFileSync('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'ignore'] });
    return output.toString().trim().split('\n')[0]!.replace(', ', ', driver ');
  } catch {
    return null;
  }
}

/** A short name for the machine: of its graphics card, or of the adapter. */
export function machineName(driver: string | null, adapter: Adapter): string {
  const name = driver?.split(',')[0] ?? (adapter.architecture || adapter.description || adapter.vendor);
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'unknown'
  );
}

/** The version of an installed package, from wherever Node finds it; undefined where it does not. */
export function packageVersion(name: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`));
    return JSON.parse(readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8')).version;
  } catch {
    return undefined;
  }
}

/** The commit that the sources were bundled at, or `unknown`. */
export function weftVersion(): string {
  return process.env.WEFT_COMMIT ?? 'unknown';
}

/** The date, as results are marked with it. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
