// The Benchmark page: a person measures the adapter there is, stops in the middle, takes the numbers along; and what
// the page shows of an adapter that a script makes up.
import type { Page } from '@playwright/test';
import { rowProblems } from '../src/measure/rows.ts';
import { expectNoFaults } from './accessible.ts';
import { withScript } from './scripted.ts';
import { expect, test } from './test.ts';
import { sampleText } from './weft.ts';

test.setTimeout(240_000);

async function choose(page: Page, ...wanted: ('attention' | 'training step' | 'sampling')[]): Promise<void> {
  for (const name of ['attention', 'training step', 'sampling'] as const) {
    const choice = page.getByRole('switch', { name });
    if ((await choice.isChecked()) !== wanted.includes(name)) await choice.press('Space');
  }
}

async function savedReport(page: Page): Promise<Record<string, unknown> & { rows: unknown[] }> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save JSON' }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toBe('weft-benchmark.json');
  const stream = await download.createReadStream();
  return JSON.parse(Buffer.concat(await stream.toArray()).toString('utf8'));
}

test('the adapter is measured to the end, and the report holds every row', async ({ page, weft }) => {
  await weft.open('/benchmark');
  await expect(page.getByText('computes without a graphics processor')).toBeVisible();
  await choose(page, 'attention', 'sampling');
  await weft.set('up to', 64);
  await weft.press('Measure');
  await expect(page.getByText(/^[1-3] of 4/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('4 measurements.')).toBeVisible({ timeout: 120_000 });
  await expect(
    page.getByRole('img', { name: /Time of attention forward over length: dense .* at 64/ }),
  ).toBeVisible();
  await expect(page.getByRole('region', { name: 'Sampling, measured' })).toContainText(
    '2 layers of 32, strided',
  );

  const report = await savedReport(page);
  expect(report).toMatchObject({ whole: true, adapter: { software: true }, request: { longest: 64 } });
  expect(report.date).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(report.rows.flatMap(rowProblems)).toEqual([]);
  expect(report.rows.map((row) => (row as { group: string }).group)).toEqual([
    ...['attention', 'attention', 'attention'],
    'sample',
  ]);
  expect(report.rows.filter((row) => 'skipped' in (row as object))).toEqual([]);
});

test('measuring is stopped at once, and another one can begin', async ({ page, weft }) => {
  await weft.open('/benchmark');
  await choose(page, 'attention');
  await weft.set('up to', 512);
  await weft.press('Measure');
  await expect(page.getByText(/^1 of 12/)).toBeVisible({ timeout: 60_000 });
  await weft.press('Stop');
  await expect(page.getByText(/^Stopped after \d+ measurements?\./)).toBeVisible({ timeout: 5_000 });
  await expect(page.getByRole('button', { name: /^Measure/ })).toBeEnabled();
});

test('a device that is lost is a row that says so, and the rest goes on', async ({ page, weft }) => {
  // The second device is the one that is measured on.
  await weft.beforeWorker(`{
    const open = GPUAdapter.prototype.requestDevice;
    let opened = 0;
    GPUAdapter.prototype.requestDevice = async function (...options) {
      const device = await open.apply(this, options);
      if (++opened === 2) globalThis.measuring = device;
      return device;
    };
  }`);
  await weft.open('/benchmark');
  await choose(page, 'attention');
  await weft.set('up to', 64);
  await weft.press('Measure');
  await expect(page.getByText(/^1 of 3/)).toBeVisible({ timeout: 60_000 });
  await page
    .workers()[0]
    ?.evaluate(() => (globalThis as unknown as { measuring: GPUDevice }).measuring.destroy());
  await expect(page.getByText('3 measurements. 1 could not be measured')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('list', { name: 'Not measured' })).toContainText(
    'The graphics device was lost',
  );
});

test('kernels are tuned to the adapter, kept, followed, left aside and forgotten', async ({ page, weft }) => {
  const timed = page.getByRole('region', { name: 'Products, timed' });
  const badge = page.getByRole('banner').getByRole('button', { name: /WebGPU/ });
  const tuned = page.getByText('plain matrix products, tuned');
  await weft.open('/benchmark');
  await weft.press('Tune');
  await expect(page.getByText(/^[1-5] of 6/)).toBeVisible({ timeout: 60_000 });
  await weft.press('Stop tuning');
  await expect(page.getByText('Stopped: nothing was kept.')).toBeVisible();
  await expect(timed).toHaveCount(0);

  await weft.press('Tune');
  // Rows come one by one, faster than an expectation usually looks again.
  await expect.poll(() => timed.getByRole('row').count(), { timeout: 60_000, intervals: [50] }).toBe(3);
  const follows = page.getByRole('switch', { name: 'take the fastest' });
  await expect(follows).toBeChecked({ timeout: 60_000 });
  await expect(timed.getByRole('row')).toHaveCount(7);
  // A header, and in each row a time before that is not less than the one after.
  const rows = await timed
    .getByRole('row')
    .evaluateAll((all) =>
      all.slice(1).map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')),
    );
  for (const [, usual = '', fastest = '', , kernel = ''] of rows) {
    expect(milliseconds(fastest)).toBeGreaterThan(0);
    expect(milliseconds(usual)).toBeGreaterThanOrEqual(milliseconds(fastest));
    expect(kernel).toMatch(/^(the usual|64 x 64 in blocks of 2 x 2)$/);
  }

  // Kept for the next visit, and followed by a run.
  await weft.open('/benchmark');
  await expect(timed.getByRole('row')).toHaveCount(7);
  await badge.click();
  await expect(tuned).toBeVisible();
  await page.keyboard.press('Escape');
  await weft.goTo('Train');
  await expect(page.getByRole('button', { name: /^Drop text, pictures or sound/ })).toBeVisible();
  const words = sampleText(20_000);
  await weft.drop(await page.evaluateHandle((text) => new File([text], 'cats.txt'), words));
  await weft.chooseTiniest();
  await weft.press('Start');
  await weft.until('steps', (step) => step >= 5);
  await weft.goTo('Benchmark');
  await expect(follows).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Pause the run and tune' })).toBeEnabled();
  await weft.goTo('Train');
  await weft.press('Pause');
  await expect(page.getByText(/^Paused at step/)).toBeVisible();

  await weft.goTo('Benchmark');
  await follows.press('Space');
  await expect(follows).not.toBeChecked();
  await badge.click();
  await expect(page.getByText('plain matrix products')).toBeVisible();
  await expect(tuned).toHaveCount(0);
  await page.keyboard.press('Escape');
  await weft.press('Forget it');
  await expect(timed).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Tune', exact: true })).toBeEnabled();
  // The paused run goes on with the usual kernels.
  await weft.goTo('Train');
  const before = await weft.number('steps');
  await weft.press('Resume');
  await weft.until('steps', (step) => step > before + 5);
  await weft.press('Stop');
  await weft.open('/benchmark');
  await expect(page.getByRole('button', { name: 'Tune', exact: true })).toBeEnabled();
  await expect(timed).toHaveCount(0);
});

/** "250 µs" -> 0.25. */
function milliseconds(text: string): number {
  const [number = '', unit = ''] = text.split(' ');
  return Number(number) * ({ µs: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN);
}

test.describe('with an adapter from a script', () => {
  test('no faults before, during and after', async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await withScript(page, { everyMs: 250 });
    await page.goto('/benchmark');
    await expect(page.getByRole('button', { name: 'Measure', exact: true })).toBeEnabled();
    await expectNoFaults(page);
    await page.getByRole('button', { name: 'Show as a table' }).click();
    const pairs = page.getByRole('region', { name: 'Pairs as a table' });
    await expect(pairs.getByRole('row', { name: /^1,048,576 550G / })).toBeVisible();
    await expectNoFaults(page);
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await expect(page.getByRole('img', { name: /^Time of attention forward/ })).toBeVisible();
    await expect(page.getByText(/^\d+ of 24/)).toBeVisible();
    await expectNoFaults(page);
    await expect(page.getByText('24 measurements. 1 could not be measured')).toBeVisible();
    // Seven lengths of strided and fixed, and six of dense, which is left out at the longest.
    await expect(page.locator('.recharts-errorBar')).toHaveCount(20);
    await expect(page.getByRole('list', { name: 'Not measured' })).toContainText(
      'dense over 65,536: would take about 4 s a run here',
    );
    await expectNoFaults(page);
    await page.getByRole('button', { name: 'Show as a table' }).click();
    const table = page.getByRole('region', { name: 'Attention as a table' });
    await expect(table.getByRole('row')).toHaveCount(22);
    await page.getByRole('button', { name: 'Tune', exact: true }).click();
    await expect(page.getByText(/^1 of 2/)).toBeVisible();
    await expectNoFaults(page);
    await expect(page.getByText('faster for 1 of 2 classes, and saves up to 4.8% of their')).toBeVisible();
    await expectNoFaults(page);
  });

  test('the numbers are copied', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await withScript(page, { everyMs: 1 });
    await page.goto('/benchmark');
    await expect(page.getByRole('button', { name: 'Copy JSON' })).toBeDisabled();
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await expect(page.getByText('24 measurements.')).toBeVisible();
    await page.getByRole('button', { name: 'Copy JSON' }).click();
    await expect(page.getByText('Copied').first()).toBeVisible();
    const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(report.rows.flatMap(rowProblems)).toEqual([]);
    expect(report.adapter.vendor).toBe('nvidia');
  });

  test('a run that trains is paused first, with the person’s word', async ({ page }) => {
    await withScript(page, { everyMs: 40 });
    await page.goto('/train');
    await page.getByRole('button', { name: 'Train on the built-in letters' }).click();
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await page.keyboard.press('5');
    await expect(page.getByText('Measuring waits until it is paused')).toBeVisible();
    await page.getByRole('button', { name: 'Pause the run and measure' }).click();
    await expect(page.getByText(/ of 24/)).toBeVisible();
    await page.keyboard.press('2');
    await expect(page.getByText(/^Paused at step/)).toBeVisible();
  });
});
