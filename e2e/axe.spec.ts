// Every page in both themes, on a desktop and on a phone, has no accessibility fault that axe can find; nor have the
// states of pictures and sound, from a scripted engine.
import type { Page } from '@playwright/test';
import { expectNoFaults } from './accessible.ts';
import { withScript } from './scripted.ts';
import { expect, routes, test } from './test.ts';

async function expectNoOverflow(page: Page): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
}

test('a fault that is there is found', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('button')));
  await expect(expectNoFaults(page)).rejects.toThrow(/button-name/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const route of routes) {
    test(`${route} in the ${colorScheme} theme`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(route);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectNoFaults(page);
    });
  }

  for (const [kind, press] of [
    ['text', 'Write'],
    ['pictures', 'Paint'],
    ['sound', 'Make sound'],
  ] as const) {
    test(`${kind} in the ${colorScheme} theme, opened, learnt, made and measured`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await withScript(page, { stepsPerEvent: 100, bytesPerChunk: 400 });
      await page.goto('/train');
      await page.getByRole('button', { name: `Use the built-in ${kind}` }).click();
      await expect(page.getByText('Before it starts')).toBeVisible();
      await expectNoFaults(page);
      await expectNoOverflow(page);
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await expect(page.getByText('Finished after')).toBeVisible();
      await expectNoFaults(page);
      await page.getByRole('main').getByRole('button', { name: 'Generate' }).click();
      await page.getByRole('button', { name: press }).click();
      await page.getByRole('radiogroup', { name: 'Colour by' }).getByText('surprise').click();
      await expect(page.getByText(/bits \/ (byte|dim) on average/)).toBeVisible();
      await expectNoFaults(page);
      await expectNoOverflow(page);
    });
  }

  test(`files that are refused and left out, in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await withScript(page);
    await page.goto('/train');
    const zone = page.getByLabel(/Drop text, pictures or sound|drop something else/);
    const text = { name: 'a.txt', mimeType: '', buffer: Buffer.from('words and more words. '.repeat(50)) };
    const empty = { name: 'empty.txt', mimeType: '', buffer: Buffer.alloc(0) };
    await zone.setInputFiles([text, empty]);
    await page.getByText('1 file was left out').click();
    await zone.setInputFiles([empty]);
    await expect(page.getByRole('alert')).toContainText('empty.txt');
    await expectNoFaults(page);
    await expectNoOverflow(page);
  });
}
