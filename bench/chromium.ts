// A Chromium to measure in. On a machine with a GPU it needs flags to use it under Linux, and must not fall back to
// computing on the CPU without saying so.

import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../scripts/browser.mjs';
import { serve } from './serve.ts';

export const chromiumOptions = { gpu: 'flag', unsafe: 'flag' } as const;

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

/** Subgroup matrices and exact timestamps; and float16 arithmetic, which Dawn holds back on NVIDIA under Vulkan. */
const unsafeArguments = ['--enable-unsafe-webgpu', '--enable-dawn-features=vulkan_enable_f16_on_nvidia'];

/**
 * Launches Chromium. CHROMIUM names another one than the tests', LD_LIBRARY_PATH_CHROMIUM where its libraries are;
 * Playwright is found through NODE_PATH too, so that a bare machine needs no installation.
 */
async function launch({ gpu, unsafe }: ChromiumChoice): Promise<Browser> {
  const { chromium } = createRequire(import.meta.url)('playwright-core') as typeof import('playwright-core');
  const executablePath = process.env.CHROMIUM ?? chromiumPath();
  const libraries = process.env.LD_LIBRARY_PATH_CHROMIUM;
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...(gpu ? gpuArguments : chromiumArguments), ...(unsafe ? unsafeArguments : [])],
    ...(gpu ? { ignoreDefaultArgs: ['--enable-unsafe-swiftshader'] } : {}),
    ...(libraries ? { env: { ...process.env, LD_LIBRARY_PATH: libraries } as Record<string, string> } : {}),
  });
}

/** Runs `use` with a page of its own browser, which serves the site in `folder` and the bytes to train on as `/data`. */
export async function withPage<T>(
  choice: ChromiumChoice,
  folder: string,
  data: Uint8Array,
  note: (words: string) => void,
  use: (page: Page, version: string) => Promise<T>,
): Promise<T> {
  const site = await serve(folder, { '/data': data });
  const browser = await launch(choice).catch((cause) => {
    site.close();
    throw cause;
  });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => note(message.text()));
    await page.goto(site.url);
    return await use(page, browser.version());
  } finally {
    await browser.close();
    site.close();
  }
}
