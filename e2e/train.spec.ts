// A person's whole story: their own text, a tiny model, pause and resume, writing, keeping, coming back.
import { readFile } from 'node:fs/promises';
import { expect, test } from './test.ts';
import { sampleText } from './weft.ts';

test.setTimeout(300_000);

test('a text of one’s own is learnt, paused, resumed, and written from', async ({ page, weft }) => {
  await weft.open('/train');
  const text = sampleText(40_000);
  await weft.drop(await page.evaluateHandle((text) => new File([text], 'cats.txt'), text));
  await expect(page.getByRole('heading', { level: 1, name: 'cats.txt' })).toBeVisible();
  await expect(page.getByText('40,000 bytes').first()).toBeVisible();

  await weft.chooseTiniest();
  await weft.press('Start');
  // It begins by knowing nothing, which takes 8 bits for each byte.
  await weft.until('bits / byte, learning', (bits) => bits < 8.5);
  await weft.until('bits / byte, learning', (bits) => bits < 4);
  await weft.until('bits / byte, held out', (bits) => bits < 5);

  await weft.press('Pause');
  await expect(page.getByText(/Paused at step/)).toBeVisible();
  const paused = await weft.number('steps');
  await page.waitForTimeout(1500);
  expect(await weft.number('steps')).toBe(paused);
  await weft.press('Resume');
  await weft.until('steps', (step) => step > paused);
  await weft.press('Stop');
  await expect(page.getByText(/Stopped at step/)).toBeVisible();

  await weft.goTo('Generate');
  await weft.set('length', 120);
  await weft.set('seed', 7);
  await weft.press('Write');
  const first = await weft.written();
  expect(first).toHaveLength(120);
  await weft.press('Write');
  expect(await weft.written()).toBe(first);
  await weft.set('seed', 8);
  await weft.press('Write');
  expect(await weft.written()).not.toBe(first);
});

test('a run is kept through a reload, and its weights through a file', async ({ page, weft }) => {
  await weft.open('/train');
  await weft.chooseText('cats.txt', sampleText(20_000));
  await weft.chooseTiniest();
  await weft.press('Start');
  await weft.until('steps', (step) => step >= 50);
  await weft.press('Pause');
  await expect(page.getByText(/Paused at step/)).toBeVisible();
  const paused = await weft.number('steps');

  const saving = page.waitForEvent('download');
  await weft.press('Save weights');
  const download = await saving;
  expect(download.suggestedFilename()).toMatch(/\.safetensors$/);
  const weights = await readFile(await download.path());
  expect(weights.length).toBeGreaterThan(10_000);

  await page.reload();
  await weft.engineReady();
  await weft.press('Open cats.txt');
  await expect(page.getByText(/Paused at step/)).toBeVisible();
  await weft.press('Resume');
  await weft.until('steps', (step) => step > paused);
  await weft.press('Stop');

  await page.getByRole('button', { name: 'Delete cats.txt' }).click();
  await weft.press('Delete');
  await expect(page.getByRole('button', { name: 'Open cats.txt' })).toBeHidden();

  const choosing = page.waitForEvent('filechooser');
  await weft.press('Load weights');
  await (await choosing).setFiles({
    name: 'cats.safetensors',
    mimeType: 'application/octet-stream',
    buffer: weights,
  });
  await weft.goTo('Generate');
  await weft.set('length', 60);
  await weft.press('Write');
  expect(await weft.written()).toHaveLength(60);
});
