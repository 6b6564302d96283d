// Runs side by side: a race of the patterns, and what can be done with the runs that it leaves.
import type { Page } from '@playwright/test';
import { expectNoFaults } from './accessible.ts';
import { letGo, withScript } from './scripted.ts';
import { expect, test } from './test.ts';

async function openLetters(page: Page): Promise<void> {
  await withScript(page, { everyMs: 40, stepsPerEvent: 50, held: true });
  await page.goto('/train');
  await page.getByRole('button', { name: 'Use the built-in text' }).click();
}

const rows = (page: Page) => page.getByRole('region', { name: 'Runs side by side' }).getByRole('row');

test('dense, strided and fixed are trained in turn and compared', async ({ page }) => {
  await openLetters(page);
  await page.getByRole('button', { name: 'Race' }).click();
  await expect(page.getByText('Race, run 1 of 3: dense.')).toBeVisible();
  await letGo(page);
  await expect(rows(page)).toHaveCount(4);
  await expect(page.getByText('Finished after 1,000 steps.')).toBeVisible();
  await expect(rows(page).nth(1)).toContainText('dense');
  await expect(rows(page).nth(2)).toContainText('strided, merged');
  await expect(rows(page).nth(3)).toContainText('fixed, merged');
  await expect(rows(page).nth(3)).toContainText('this one');
  // The lines of the earlier two carry their numbers.
  for (const number of ['1', '2']) {
    await expect(page.locator('.recharts-surface').getByText(number, { exact: true }).first()).toBeVisible();
  }
  await expectNoFaults(page);

  await page.setViewportSize({ width: 390, height: 844 });
  // A chart follows its card a moment later.
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(wide).toBeLessThanOrEqual(0);

  await page.getByRole('button', { name: 'Take the settings of run 1' }).click();
  await expect(page.getByRole('radio', { name: 'dense' })).toBeChecked();
  await page.getByRole('button', { name: 'Forget run 1' }).click();
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).nth(1)).toContainText('strided, merged');
});

test('a race can end with the run under way, and what ran stays', async ({ page }) => {
  await openLetters(page);
  await page.getByRole('button', { name: 'Race' }).click();
  await page.getByRole('button', { name: 'Let this one be the last' }).click();
  await expect(page.getByText('Race, run')).toHaveCount(0);
  await letGo(page);
  await expect(page.getByText('Finished after 1,000 steps.')).toBeVisible();
  await page.getByRole('radiogroup', { name: 'Pattern' }).getByText('fixed').click();
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(rows(page)).toHaveCount(3);
});
