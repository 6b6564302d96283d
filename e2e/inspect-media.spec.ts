// Looking inside a model of pictures and one of sound, trained in the page: what a position looks at is drawn on the
// picture and on the waveform, where it is also chosen.
import type { Locator, Page } from '@playwright/test';
import { expectNoFaults } from './accessible.ts';
import { expect, test } from './test.ts';
import type { Weft } from './weft.ts';

const matrix = (page: Page) => page.getByRole('slider', { name: /Position that looks/ });

/** A small model of the built-in data, trained in the page for some steps. */
async function trainBuiltin(page: Page, weft: Weft, kind: 'pictures' | 'sound'): Promise<void> {
  await weft.open('/train');
  await page.getByRole('radiogroup', { name: 'read as' }).getByText(kind).click();
  if (kind === 'pictures') {
    await weft.set('size', 8);
    await page.getByRole('radiogroup', { name: 'colours' }).getByText('RGB').click();
  } else await weft.set('sample rate', 4000);
  await weft.press(kind === 'pictures' ? 'Use the built-in pictures' : 'Use the built-in sound');
  await expect(
    page.getByText(kind === 'pictures' ? 'pictures of 8 x 8 pixels' : 'sound at 4,000 Hz'),
  ).toBeVisible();
  await weft.set('layers', 1);
  await weft.set('batch', 2);
  await weft.set('steps', 100_000);
  await weft.press('Start');
  await weft.until('steps', (step) => step >= 10);
  await weft.press('Stop');
  await expect(page.getByText(/Stopped at step/)).toBeVisible();
  await weft.goTo('Inspect');
}

/** What is drawn on an input, as one number: another drawing has another one. */
const drawnOn = (input: Locator): Promise<number> =>
  input.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const image = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 7;
    for (const [index, value] of image?.data.entries() ?? [])
      sum = (sum * 31 + value * (index + 1)) % 1_000_003;
    return sum;
  });

async function weightsShown(page: Page): Promise<number[]> {
  const table = page.getByRole('region', { name: 'The keys of this byte' });
  const cells = await table.getByRole('row').locator('td:last-child').allTextContents();
  return cells.map(Number.parseFloat);
}

test('on a picture, a pixel is chosen by keyboard, and what it looks at is drawn there', async ({
  page,
  weft,
}) => {
  await trainBuiltin(page, weft, 'pictures');
  const picture = page.getByRole('slider', { name: 'The picture: the byte that looks' });
  await picture.focus();
  await page.keyboard.press('Home');
  await expect(picture).toHaveAttribute(
    'aria-valuetext',
    'row 1, column 1, red, which looks most at the start, 100 per cent',
  );
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  const looking =
    /^row 3, column 3, red, which looks most at row \d, column \d, (red|green|blue), \d+ per cent$/;
  await expect(picture).toHaveAttribute('aria-valuetext', looking);
  await page.getByRole('radiogroup', { name: 'Colour of the pixel that looks' }).getByText('blue').click();
  await expect(picture).toHaveAttribute('aria-valuenow', String((2 * 8 + 2) * 3 + 2 + 1));
  const table = page.getByRole('region', { name: 'The keys of this byte' });
  await expect(table).toContainText('Row 3, column 3, blue');
  // The same position is the one of the matrix.
  await expect(matrix(page)).toHaveAttribute(
    'aria-valuenow',
    await picture.getAttribute('aria-valuenow').then(String),
  );

  // A click keeps the colour; its weights add up to what the table says.
  await picture.click({ position: { x: 5, y: 5 } });
  await expect(picture).toHaveAttribute('aria-valuetext', /^row 1, column 1, blue/);
  await picture.focus();
  await page.keyboard.press('End');
  await expect(table).toContainText('Row 8, column 8, blue');
  const ofHead = await drawnOn(picture);
  const headWeights = await weightsShown(page);
  await page.getByRole('radiogroup', { name: 'Whose attention' }).getByText('mean of layer 1').click();
  await expect(table).toContainText('through all heads');
  expect(await drawnOn(picture)).not.toBe(ofHead);
  expect(await weightsShown(page)).not.toEqual(headWeights);
  await page.getByRole('radiogroup', { name: 'Colour by' }).getByText('surprise').click();
  await expect(page.getByText(/Row 8, column 8, blue: \d+\.\d\d bits/)).toBeVisible();
  expect(await drawnOn(picture)).not.toBe(ofHead);

  // The mean over several pictures has weights and bits of its own.
  await page.getByRole('radiogroup', { name: 'Colour by' }).getByText('attention').click();
  await page.getByRole('radiogroup', { name: 'Whose attention' }).getByText('head 1').click();
  await expect.poll(() => weightsShown(page)).toEqual(headWeights);
  const bits = await page.getByText(/Row 8, column 8, blue:/).textContent();
  await page.getByRole('radiogroup', { name: 'input' }).getByText('mean').click();
  await expect(
    page.getByText('Weights and bits are the mean of 32 windows, drawn on the first of them.'),
  ).toBeVisible();
  await expect(page.getByText(/Row 8, column 8, blue:/)).not.toHaveText(bits ?? '');
  await expect.poll(() => weightsShown(page)).not.toEqual(headWeights);
  await expect(picture).toHaveAttribute('aria-valuetext', /^row 8, column 8, blue, which looks most at/);
  await expectNoFaults(page);
});

test('on a sound, a sample is chosen by keyboard, and what it looks at is drawn there', async ({
  page,
  weft,
}) => {
  await trainBuiltin(page, weft, 'sound');
  const sound = page.getByRole('slider', { name: 'The sound: the byte that looks' });
  await sound.focus();
  await page.keyboard.press('Home');
  await expect(sound).toHaveAttribute(
    'aria-valuetext',
    'sample 1, 0.0 ms, which looks most at the start, 100 per cent',
  );
  await page.keyboard.press('PageUp');
  await page.keyboard.press('ArrowRight');
  await expect(sound).toHaveAttribute(
    'aria-valuetext',
    /^sample (\d+), \d+\.\d ms, which looks most at (the start|sample \d+, \d+\.\d ms), \d+ per cent$/,
  );
  const early = await drawnOn(sound);
  await page.keyboard.press('End');
  const length = Number(await sound.getAttribute('aria-valuemax'));
  await expect(page.getByRole('region', { name: 'The keys of this byte' })).toContainText(
    `Sample ${length}, `,
  );
  const late = await drawnOn(sound);
  expect(late).not.toBe(early);
  await page.getByRole('radiogroup', { name: 'Colour by' }).getByText('surprise').click();
  expect(await drawnOn(sound)).not.toBe(late);
  await expect(page.getByText(new RegExp(`Sample ${length}, .* bits`))).toBeVisible();
  await page.getByRole('radiogroup', { name: 'input' }).getByText('mean').click();
  await expect(page.getByText(/^Weights and bits are the mean of \d+ windows/)).toBeVisible();
  await expect(sound).toHaveAttribute(
    'aria-valuetext',
    new RegExp(`^sample ${length}, .*which looks most at`),
  );
  await expectNoFaults(page);
});
