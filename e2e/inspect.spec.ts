// Looking inside a model: without one, with a scripted one in every state, and with a real one, whose weights on the
// page are those that the float64 reference computes.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { decodeWeights } from '../src/checkpoint/weights.ts';
import { topKeys } from '../src/components/seen/seen.ts';
import { ReferenceEngine } from '../src/reference/engine.ts';
import { expectNoFaults } from './accessible.ts';
import { withScript } from './scripted.ts';
import { expect, test } from './test.ts';
import { sampleText } from './weft.ts';

/** A scripted model, trained to its end. */
async function trainScripted(page: Page): Promise<void> {
  await withScript(page, { everyMs: 15 });
  await page.goto('/train');
  await page.getByRole('button', { name: 'Train on the built-in letters' }).click();
  await expect(page.getByText('Finished after')).toBeVisible();
}

const matrix = (page: Page) => page.getByRole('slider', { name: /Position that looks/ });
const heads = (page: Page) => page.getByRole('radiogroup', { name: 'Layer and head' });

test('without a model there is a way to one', async ({ page }) => {
  await withScript(page, { everyMs: 15 });
  await page.goto('/inspect');
  await expect(page.getByRole('heading', { name: 'You have no model to look into yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Train one in a minute' }).click();
  await expect(page.getByText('Finished after')).toBeVisible();
  await page.keyboard.press('4');
  await expect(matrix(page)).toBeVisible();
});

test('every head, position and part of the picture is reached by keyboard', async ({ page }) => {
  await trainScripted(page);
  await page.keyboard.press('4');
  await expect(heads(page).getByRole('radio')).toHaveCount(4);
  await expect(page.getByRole('heading', { name: 'Layer 2, head 1' })).toBeVisible();
  await heads(page).getByRole('radio', { checked: true }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('heading', { name: 'Layer 2, head 2' })).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('heading', { name: 'Layer 1, head 2' })).toBeVisible();

  await matrix(page).focus();
  await page.keyboard.press('Home');
  await expect(matrix(page)).toHaveAttribute(
    'aria-valuetext',
    'byte 1, which looks most at the start, 100 per cent',
  );
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowDown');
  await expect(matrix(page)).toHaveAttribute('aria-valuenow', '21');
  await expect(matrix(page)).toHaveAttribute(
    'aria-valuetext',
    /byte 21, which looks most at byte \d+, \d+ per cent/,
  );
  await expect(page.getByText('down: bytes 1 to 128')).toBeVisible();
  await page.keyboard.press('+');
  await expect(page.getByText('down: bytes 11 to 74')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/across: what they look at, byte 26 to byte/)).toBeVisible();
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await expect(page.getByText('down: bytes 1 to 128')).toBeVisible();
});

test('the pictures are also tables, and the input is coloured by surprise', async ({ page }) => {
  await trainScripted(page);
  await page.keyboard.press('4');
  await expect(page.getByRole('region', { name: 'The keys of this byte' })).toContainText('may look at');
  await page.getByRole('radiogroup', { name: 'Show this head as' }).getByText('table').click();
  await expect(page.getByRole('table')).toHaveCount(2);
  await page.getByRole('radiogroup', { name: 'Show the heads as' }).getByText('table').click();
  await expect(page.getByRole('region', { name: 'The heads as a table' }).getByRole('row')).toHaveCount(5);
  await page.getByRole('radiogroup', { name: 'Colour by' }).getByText('surprise').click();
  await expect(page.getByText(/bits each on average/)).toBeVisible();
});

test('any text can be looked at, held-out windows, and the mean of many', async ({ page }) => {
  await trainScripted(page);
  await page.keyboard.press('4');
  const input = page.getByRole('radiogroup', { name: 'input' });
  const text = page.getByRole('region', { name: 'The input' });
  await expect(page.getByText('of 40 windows that the model never learnt from')).toBeVisible();
  await input.getByText('typed').click();
  await page.getByRole('textbox', { name: 'Text to look at' }).fill('Grüße, Zoë');
  await expect(text).toContainText('Grüße, Zoë');
  await expect(page.getByText('down: bytes 1 to 13')).toBeVisible();
  await page.getByRole('textbox', { name: 'Text to look at' }).fill('a long text, '.repeat(20));
  await expect(page.getByText('of 3 windows')).toBeVisible();
  await input.getByText('mean').click();
  await expect(page.getByText('mean of 32 windows', { exact: true })).toBeVisible();
});

test('while it writes, what each byte looks at is shown, once that is asked for', async ({ page }) => {
  await trainScripted(page);
  await page.keyboard.press('1');
  const live = page.getByRole('region', { name: 'What the byte being made looks at' });
  await page.getByRole('button', { name: 'Write' }).click();
  await expect(page.getByText(/^400 of 400 bytes/)).toBeVisible();
  await expect(live).toHaveCount(0);
  await page.getByRole('switch', { name: 'watch' }).press('Space');
  await expect(page.getByText('It appears here as soon as the model writes.')).toBeVisible();
  await page.getByRole('button', { name: 'Write' }).click();
  await expect(live).toBeVisible();
  await expect(page.getByText(/^byte [\d,]+ may look at \d+ of \d+/)).toBeVisible();
  await page.getByRole('switch', { name: 'watch' }).press('Space');
  await expect(live).toHaveCount(0);
});

test('no faults while looking, and nothing is cut off on a phone', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await trainScripted(page);
  await page.keyboard.press('4');
  await expect(page.getByRole('region', { name: 'The keys of this byte' })).toContainText('may look at');
  await expectNoFaults(page);
  await page.getByRole('radiogroup', { name: 'Colour by' }).getByText('surprise').click();
  await page.getByRole('radiogroup', { name: 'Show the heads as' }).getByText('table').click();
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoFaults(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
  await page.keyboard.press('1');
  await page.getByRole('switch', { name: 'watch' }).press('Space');
  await page.getByRole('button', { name: 'Write' }).click();
  await expect(page.getByText(/^400 of 400 bytes/)).toBeVisible();
  await expectNoFaults(page);
});

test('the weights on the page are those of the reference engine', async ({ page, weft }) => {
  test.setTimeout(300_000);
  await weft.open('/train');
  const words = sampleText(20_000);
  await weft.drop(await page.evaluateHandle((text) => new File([text], 'cats.txt'), words));
  await weft.chooseTiniest();
  await weft.press('Start');
  await weft.until('steps', (step) => step >= 60);
  await weft.press('Pause');
  await expect(page.getByText(/Paused at step/)).toBeVisible();
  const saving = page.waitForEvent('download');
  await weft.press('Save weights');
  const weights = decodeWeights(new Uint8Array(await readFile(await (await saving).path())));
  const { config } = weights;
  const engine = new ReferenceEngine(config, { microBatch: 1, accumulation: 1, recompute: false }, 'float64');
  engine.state.parameters.set(weights.parameters);

  await weft.goTo('Inspect');
  const text = 'the cat saw a dog and sat';
  await page.getByRole('radiogroup', { name: 'input' }).getByText('typed').click();
  await page.getByRole('textbox', { name: 'Text to look at' }).fill(text);
  await expect(page.getByRole('region', { name: 'The input' })).toContainText('the cat');
  await heads(page)
    .getByRole('radio', { name: /^Layer 1, head 2/ })
    .check({ force: true });
  await matrix(page).focus();
  await page.keyboard.press('End');
  const table = page.getByRole('region', { name: 'The keys of this byte' });
  await expect(table).toContainText(`Byte ${text.length}`);

  const tokens = new TextEncoder().encode(text);
  const [row] = await engine.attentionRows({ tokens, layer: 0, heads: [1], queries: [text.length - 1] });
  if (!row) throw new Error('no row');
  // Of keys with nearly the same weight, the order may differ: each is looked up by its byte.
  const shown = await table
    .getByRole('row')
    .evaluateAll((rows) =>
      rows.slice(1).map((each) => [...each.querySelectorAll('td')].map((cell) => cell.textContent ?? '')),
    );
  const expected = new Map(
    topKeys(row, 99).map(({ key, weight }) => [key === 0 ? 'start' : `${key}`, weight]),
  );
  expect(shown.length).toBe(8);
  for (const [byte = '', , , , weight = ''] of shown) {
    expect(Math.abs(Number.parseFloat(weight) / 100 - (expected.get(byte) ?? -1))).toBeLessThan(0.0006);
  }
  const bits = await engine.losses(
    Uint8Array.from({ length: config.contextLength }, (_, i) => tokens[i] ?? 0),
  );
  const last = (bits[text.length - 1] ?? 0) / Math.LN2;
  await expect(page.getByText(`Byte ${text.length}: ${last.toFixed(2)} bits`)).toBeVisible();
});
