// Pictures and sound, from files to a model and back: learnt, made, completed, saved; and what cannot be read.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';
import { zipSync } from 'fflate';
import { makeFlac } from '../src/data/audio/testing.ts';
import { readPng } from '../src/data/image/png-read.ts';
import { animatedGif, deepPng, greyPng, hum, manyPngs, palettePng, turned } from './media-files.ts';
import { expect, test } from './test.ts';
import type { Weft } from './weft.ts';

test.setTimeout(180_000);

/** Reads as pictures of 8 x 8 pixels in grey, which a processor learns many of in a second. */
async function choosePictures(weft: Weft): Promise<void> {
  const { page } = weft;
  await page.getByRole('radiogroup', { name: 'read as' }).getByText('pictures').click();
  await weft.set('size', 8);
  await page.getByRole('radiogroup', { name: 'colours' }).getByText('grey').click();
}

async function trainBriefly(weft: Weft): Promise<void> {
  await weft.set('layers', 1);
  await weft.set('batch', 2);
  await weft.set('steps', 100_000);
  await weft.press('Start');
  await weft.until('steps', (step) => step >= 20);
  await weft.press('Stop');
  await expect(weft.page.getByText(/Stopped at step/)).toBeVisible();
  await weft.goTo('Generate');
}

async function saved(page: Page, name: string): Promise<Buffer> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name, exact: true }).click();
  return readFile(await (await saving).path());
}

/** The red of each pixel of a canvas. */
const pixels = (canvas: Locator) =>
  canvas.evaluate((element: HTMLCanvasElement) => {
    const { width, height } = element;
    const all = element.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    return Array.from({ length: width * height }, (_, i) => all[4 * i] ?? -1);
  });

test('pictures are learnt, painted side by side, completed, measured and saved', async ({ page, weft }) => {
  await weft.open('/train');
  await choosePictures(weft);
  await weft.press('Use the built-in pictures');
  await expect(page.getByText('pictures of 8 x 8 pixels in grey')).toBeVisible();
  await expect(page.getByRole('img', { name: /first 48 pictures, 8 by 8/ })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'context' })).toHaveValue('64');
  await trainBriefly(weft);

  await weft.set('samples', 2);
  await weft.press('Paint');
  const list = page.getByRole('list', { name: 'The pictures' });
  await expect(list).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
  const canvases = list.locator('canvas');
  await expect(canvases).toHaveCount(2);
  expect(await pixels(canvases.first())).not.toEqual(await pixels(canvases.last()));
  const sheet = readPng(await saved(page, 'Save PNG'));
  expect([sheet.height, sheet.channels]).toEqual([8, 1]);

  // The top half of a picture of one's own, and the rest from the model.
  const own = greyPng(8, (x, y) => 16 * x + y);
  const zone = page.getByLabel('Drop a picture to complete');
  await zone.setInputFiles({ name: 'own.png', mimeType: 'image/png', buffer: own });
  await expect(page.getByRole('img', { name: 'The kept part of own.png: 50%' })).toBeVisible();
  await weft.set('samples', 1);
  await weft.press('Paint');
  await expect(page.getByRole('img', { name: 'Picture 1 of 1' })).toBeVisible({ timeout: 60_000 });
  await expect(list).toHaveAttribute('aria-busy', 'false');
  const completed = readPng(await saved(page, 'Save PNG'));
  expect(completed.data.length).toBe(64);
  expect([...completed.data.subarray(0, 32)]).toEqual([...readPng(own).data.subarray(0, 32)]);
  expect([...completed.data.subarray(32)]).not.toEqual([...readPng(own).data.subarray(32)]);

  const plain = await pixels(list.locator('canvas'));
  await page.getByRole('radiogroup', { name: 'Colour by' }).getByText('surprise').click();
  await expect(page.getByText('bits / dim on average')).toBeVisible();
  await expect.poll(() => pixels(list.locator('canvas'))).not.toEqual(plain);
  await weft.press('Measure its surprise');
  await expect(page.getByText('64 bytes of yours')).toBeVisible();
  await expect(page.getByText('bits / dim on average')).toBeVisible();
});

test('sound is learnt, made, heard and saved', async ({ page, weft }) => {
  await weft.open('/train');
  await page.getByRole('radiogroup', { name: 'read as' }).getByText('sound').click();
  await weft.set('sample rate', 4000);
  await weft.press('Use the built-in sound');
  await expect(page.getByText('sound at 4,000 Hz')).toBeVisible();
  await weft.press('Play the beginning');
  await expect(page.getByRole('button', { name: 'Stop the beginning' })).toBeVisible();
  await weft.press('Stop the beginning');
  await trainBriefly(weft);

  await weft.set('seconds', 0.1);
  await page
    .getByLabel('Drop a sound to go on from')
    .setInputFiles({ name: 'hum.wav', mimeType: 'audio/wav', buffer: hum(0.2, 4000) });
  await expect(page.getByText('400 bytes', { exact: false }).first()).toBeVisible();
  await weft.press('Make sound');
  const list = page.getByRole('list', { name: 'The sounds' });
  await expect(list).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
  await expect(list.getByRole('img', { name: 'the sound: a sound of 0.20 s' })).toBeVisible();
  const wav = await saved(page, 'Save WAV');
  expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
  // Half of the hum, 400 samples, and 0.1 seconds of the model's, two bytes each behind the header.
  expect(wav.length).toBe(44 + 2 * 800);
  await weft.press('Play the sound');
  await expect(page.getByRole('button', { name: 'Play the sound' })).toBeVisible();
});

test('many files of several kinds are sorted out, and what is left out is listed', async ({ page, weft }) => {
  await weft.open('/train');
  await choosePictures(weft);
  await weft.chooseFiles(
    ...manyPngs(24, 12),
    { name: 'notes.txt', content: Buffer.from('not a picture') },
    { name: 'cut.png', content: greyPng(12, (x) => x).subarray(0, 60) },
    { name: 'hum.wav', content: hum(0.1, 8000) },
  );
  await expect(page.getByRole('heading', { level: 1, name: '27 files' })).toBeVisible();
  await expect(page.getByText('24 pictures:')).toBeVisible();
  await page.getByText('3 files were left out').click();
  const left = page.getByRole('region', { name: 'Files left out' });
  for (const name of ['notes.txt', 'cut.png', 'hum.wav']) await expect(left).toContainText(`${name}:`);
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeEnabled();
});

test('a damaged file in a zip costs no other, and of many pictures the first are shown', async ({
  page,
  weft,
}) => {
  await weft.open('/train');
  await choosePictures(weft);
  const packed = Object.fromEntries(
    manyPngs(60, 12).map(({ name, content }) => [name, new Uint8Array(content)]),
  );
  const zip = Buffer.from(zipSync(packed, { level: 0 }));
  zip.write('damaged', zip.lastIndexOf('IDAT') + 4);
  await weft.chooseFiles({ name: 'holiday.zip', content: zip });
  await expect(page.getByText('59 pictures:')).toBeVisible();
  await expect(page.getByText('The first 48 of 59')).toBeVisible();
  await page.getByText('1 file was left out').click();
  const left = page.getByRole('region', { name: 'Files left out' });
  await expect(left).toHaveText('holiday.zip/picture-059.png: it is damaged in the zip file');
});

test('odd pictures are read as they are meant', async ({ page, weft }) => {
  await weft.open('/train');
  await choosePictures(weft);
  const jpeg = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(16, 16);
    const context = canvas.getContext('2d');
    if (context) context.fillStyle = 'white';
    context?.fillRect(0, 0, 16, 8);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 1 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  const leftRight = Array.from({ length: 64 }, (_, i) => i % 8 >= 4);
  for (const [name, content] of [
    ['deep.png', deepPng(16)],
    ['palette.png', palettePng(16)],
    ['turned.jpg', turned(Uint8Array.from(jpeg))],
  ] as const) {
    await weft.chooseFiles({ name, content });
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    const canvas = page.getByRole('img', { name: /pictures?, 8 by 8/ }).locator('canvas');
    expect((await pixels(canvas)).map((value) => value > 128)).toEqual(leftRight);
  }
  await weft.chooseFiles({ name: 'moving.gif', content: animatedGif() });
  await expect(page.getByRole('heading', { level: 1, name: 'moving.gif' })).toBeVisible();
  await expect(page.getByText('1 picture: too little to hold a part of it out.')).toBeVisible();
  await expect(page.getByText(/training needs at least 20/).first()).toBeVisible();
});

test('files that cannot be read say why, and what was open stays', async ({ page, weft }) => {
  await weft.open('/train');
  await weft.chooseFiles({ name: 'hum.wav', content: hum(1, 8000) });
  await expect(page.getByRole('heading', { level: 1, name: 'hum.wav' })).toBeVisible();
  const png = greyPng(12, (x) => 20 * x);
  const huge = Buffer.from(png);
  huge.writeUInt32BE(60_000, 16);
  huge.writeUInt32BE(60_000, 20);
  for (const [name, content] of [
    ['cut.png', png.subarray(0, 50)],
    ['huge.png', huge],
    ['empty.png', Buffer.alloc(0)],
    ['no-sound.mp3', Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0, 1, 2, 3])],
    ['long.flac', Buffer.from(makeFlac(700, { channels: 8, claimed: 1000 }))],
    ['cut.wav', hum(0.1, 8000).subarray(0, 30)],
    ['phone.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0')],
    ['paper.pdf', Buffer.from('%PDF-1.7\n\0')],
    ['bomb.txt.gz', gzipSync(Buffer.alloc(540 * 2 ** 20), { level: 1 })],
  ] as const) {
    await weft.chooseFiles({ name, content });
    await expect(page.getByRole('alert')).toContainText(name, { timeout: 30_000 });
    await expect(page.getByRole('heading', { level: 1, name: 'hum.wav' })).toBeVisible();
  }
  // A name may lie: this one is a text.
  await weft.chooseFiles({ name: 'letter.png', content: Buffer.from('Dear Zoë, '.repeat(200)) });
  await expect(page.getByRole('heading', { level: 1, name: 'letter.png' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'context' })).toHaveValue('128');
});
