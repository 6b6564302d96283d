// A Chromium to measure in. On a machine with a GPU it needs flags to use it under Linux, and must not fall back to
// computing on the CPU without saying so.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../scripts/browser.mjs';

export interface ChromiumChoice {
  /** Use the GPU; otherwise the software adapter of the tests. */
  readonly gpu: boolean;
  /** With WebGPU features that users do not have: unrounded timestamps, subgroup matrices. */
  readonly unsafe: boolean;
}

const gpuArguments = [
  '--no-sandbox',
  '--ignore-gpu-blocklist',
  '--use-angle=vulkan',
  '--enable-features=Vulkan',
  '--disable-vulkan-surface',
];

/**
 * Launches Chromium. CHROMIUM names another one than the tests', LD_LIBRARY_PATH_CHROMIUM where its libraries are;
 * Playwright is found through NODE_PATH too, so that a bare machine needs no installation.
 */
export async function launchChromium({ gpu, unsafe }: ChromiumChoice): Promise<Browser> {
  const { chromium } = createRequire(import.meta.url)('playwright-core') as typeof import('playwright-core');
  const executablePath = process.env.CHROMIUM ?? chromiumPath();
  const libraries = process.env.LD_LIBRARY_PATH_CHROMIUM;
  return chromium.launch({
    ...(executablePath !== undefined && existsSync(executablePath) ? { executablePath } : {}),
    args: [...(gpu ? gpuArguments : chromiumArguments), ...(unsafe ? ['--enable-unsafe-webgpu'] : [])],
    ...(gpu ? { ignoreDefaultArgs: ['--enable-unsafe-swiftshader'] } : {}),
    ...(libraries ? { env: { ...environment(), LD_LIBRARY_PATH: libraries } } : {}),
  });
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
