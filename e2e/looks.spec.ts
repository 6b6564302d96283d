// How every page looks, in both themes, on a desktop and on a phone, held against the pictures in e2e/looks. The
// engine follows a script and the clock stands still, so that nothing but the page itself can change a picture.
//
//   npm run test:e2e -- looks --update-snapshots    makes the pictures anew
import type { Page } from '@playwright/test';
import { withScript } from './scripted.ts';
import type { Script } from './scripted-engine.ts';
import { savedRun } from './scripted-runs.ts';
import { expect, routes, test } from './test.ts';

const NOW = new Date('2026-01-05T09:00:00Z');

async function open(page: Page, path: string, script: Script = {}): Promise<void> {
  await page.clock.setFixedTime(NOW);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  // Everything happens in a few large events, whose last one is waited for.
  const turns = [{ step: 600, status: { state: 'paused' } }] as const;
  await withScript(page, { stepsPerEvent: 50, everyMs: 5, bytesPerChunk: 400, turns, ...script });
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('banner').getByText('NVIDIA')).toHaveCount(1);
  await page.evaluate(() => document.fonts.ready);
}

async function expectLook(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  // The theme it opened in, and the other after a change in place.
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page).toHaveScreenshot(`${name}-${colorScheme}.png`, {
      animations: 'disabled',
      caret: 'hide',
      scale: 'css',
      // Another Chromium draws letters a little differently.
      maxDiffPixelRatio: 0.02,
      timeout: 20_000,
    });
  }
}

async function trainLetters(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Train on the built-in letters' }).click();
  await expect(page.getByText(/^Paused at step/)).toBeVisible();
}

for (const route of routes) {
  const name = route === '/' ? 'generate' : route.slice(1);
  test(`${name}, as it opens`, async ({ page }) => {
    await open(page, route);
    // A newcomer is shown a model at work.
    if (route === '/') await expect(page.getByText(/^784 of 784 bytes/)).toBeVisible();
    await expectLook(page, name);
  });
}

test('generate, without a model', async ({ page }) => {
  await open(page, '/', { runs: [savedRun] });
  await expect(page.getByRole('button', { name: 'Open letters.txt' })).toBeVisible();
  await expectLook(page, 'generate-invitation');
});

test('train, in a run', async ({ page }) => {
  await open(page, '/train');
  await trainLetters(page);
  await expectLook(page, 'train-run');
});

test('train, after a race', async ({ page }) => {
  await open(page, '/train', { turns: [] });
  await page.getByRole('button', { name: 'Use the built-in text' }).click();
  await page.getByRole('button', { name: 'Race' }).click();
  await expect(page.getByRole('row', { name: /fixed, merged.* 1,000 / })).toBeVisible();
  await expect(page.getByText('Finished after 1,000 steps.')).toBeVisible();
  await expectLook(page, 'train-race');
});

test('generate, with a text', async ({ page }) => {
  await open(page, '/train');
  await trainLetters(page);
  await page.keyboard.press('1');
  await page.getByRole('button', { name: 'Write' }).click();
  await expect(page.getByText(/^400 of 400 bytes/)).toBeVisible();
  await expectLook(page, 'generate-text');
});

test('inspect, with a model', async ({ page }) => {
  await open(page, '/train');
  await trainLetters(page);
  await page.keyboard.press('4');
  const keys = page.getByRole('region', { name: 'The keys of this byte' });
  await expect(keys).toContainText('looks most at');
  await expectLook(page, 'inspect-seen');
});

test('benchmark, measured', async ({ page }) => {
  await open(page, '/benchmark');
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await expect(page.getByText('24 measurements.')).toBeVisible();
  await expectLook(page, 'benchmark-measured');
});

test('the tour', async ({ page }) => {
  await open(page, '/');
  await page.getByRole('main').getByRole('button', { name: 'Take the tour' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('heading', { name: /^The shortest path from position 52/ })).toBeInViewport();
  await expectLook(page, 'tour');
});
