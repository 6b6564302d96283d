// No page, on a desktop or on a phone, has a fault that axe can find; nor have the states of pictures and sound, from a
// scripted engine.
import type { Page } from '@playwright/test';
import { expectNoFaults } from './accessible.ts';
import { withScript } from './scripted.ts';
import { expect, routes, test } from './test.ts';

async function expectNoOverflow(page: Page): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
}

test('faults that are there are found', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.evaluate(() => {
    const dim = document.createElement('p');
    dim.style.cssText = 'color-scheme: light dark; background: light-dark(white, black); color: #333';
    dim.textContent = 'Not to be read in the dark.';
    document.querySelector('main')?.append(document.createElement('button'), dim);
  });
  await expect(expectNoFaults(page)).rejects.toThrow(/color-contrast, dark.*button-name, light/s);
});

for (const route of routes) {
  test(`${route} as it opens`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(route);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoFaults(page);
  });
}

test('what opens in the header', async ({ page }) => {
  await page.goto('/patterns');
  await page.getByRole('button', { name: 'Nothing leaves this computer' }).click();
  await expect(page.getByText(/sends nothing: no uploads/)).toBeVisible();
  await expectNoFaults(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Theme and number keys/ }).click();
  await expect(page.getByRole('menuitemradio', { name: 'As the system' })).toBeChecked();
  await expectNoFaults(page);
});

for (const [kind, press] of [
  ['text', 'Write'],
  ['pictures', 'Paint'],
  ['sound', 'Make sound'],
] as const) {
  test(`${kind} opened, learnt, made and measured`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
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

test('files that are refused and left out', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
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
