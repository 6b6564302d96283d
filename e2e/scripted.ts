// Puts the scripted engine in the place of the site's worker, for the tests that need a state on demand.

import type { Page } from '@playwright/test';
import { buildSync } from 'esbuild';
import type { Script } from './scripted-engine.ts';

/** Lets runs go on that a script holds. */
export async function letGo(page: Page): Promise<void> {
  await page.workers()[0]?.evaluate(() => (globalThis as unknown as { letGo: () => void }).letGo());
}

export async function withScript(page: Page, script: Script = {}): Promise<void> {
  const { outputFiles } = buildSync({
    entryPoints: ['e2e/scripted-engine.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    define: { SCRIPT: JSON.stringify(script) },
  });
  const body = outputFiles[0]?.text ?? '';
  await page
    .context()
    .route(/engine\.worker[^/]*\.js$/, (route) => route.fulfill({ body, contentType: 'text/javascript' }));
}
