// The Patterns page: a person picks a preset, asks by keyboard who sees whom, zooms, follows a path, shares a link,
// saves a picture; and types rubbish into the address.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectNoFaults } from './accessible.ts';
import { expect, test } from './test.ts';

// Addresses with settings are still this page, asked for only when it is opened by one.
test.use({ expectedRequests: [/^GET http:\/\/localhost:\d+\/patterns\?/] });

const matrix = (page: Page, name: string) =>
  page.getByRole('slider', { name: new RegExp(`^${name}: position that asks`) });

async function open(page: Page, address = ''): Promise<void> {
  await page.goto(`/patterns${address}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('slider', { name: /position that asks/ }).first()).toBeVisible();
}

test('a preset shows the experiment of the paper, with its cost', async ({ page }) => {
  await open(page);
  await page.getByRole('combobox', { name: 'Preset' }).selectOption({ label: 'enwik8, fixed' });
  await expect(page.getByRole('heading', { name: /^Fixed merged, block 128, summary 32/ })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'length' })).toHaveValue('12,288');
  await expect(page.getByLabel('Fixed in numbers')).toContainText('25.8%');
  await expect(page).toHaveURL(/layers=ownBlock\.summary/);
});

test('by keyboard: the query moves in both matrices, is listed, zooms and pans', {
  tag: '@keyboard',
}, async ({ page }) => {
  await open(page);
  const strided = matrix(page, 'Strided');
  await strided.focus();
  await page.keyboard.press('ArrowDown');
  await expect(strided).toHaveAttribute('aria-valuenow', '53');
  await expect(strided).toHaveAttribute('aria-valuetext', /Position 53 looks at 14 positions: local 46–53/);
  await expect(matrix(page, 'Fixed')).toHaveAttribute('aria-valuenow', '53');
  await page.keyboard.press('Home');
  await expect(strided).toHaveAttribute(
    'aria-valuetext',
    'Position 0 looks at 1 position: local 0, column 0.',
  );
  await page.keyboard.press('End');
  await expect(strided).toHaveAttribute('aria-valuenow', '63');
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect(page).toHaveURL(/view=47\.625_47\.625_16/);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page).toHaveURL(/view=47\.625_46\.025_16/);
  await page.keyboard.press('0');
  await expect(page).not.toHaveURL(/view=/);

  await page.getByRole('button', { name: 'List the keys' }).first().click();
  const table = page.getByRole('region', { name: 'Keys of position 63, Strided' });
  await expect(table.getByRole('row', { name: /local 56–63 8/ })).toBeVisible();
});

test('a pointer marks a row for the moment, chooses it by a click, zooms by wheel and pans by dragging', async ({
  page,
}) => {
  await open(page);
  const strided = matrix(page, 'Strided');
  const box = await strided.boundingBox();
  if (!box) throw new Error('no matrix');
  await page.mouse.move(box.x + box.width / 2, box.y + (20.5 / 64) * box.height);
  await expect(matrix(page, 'Fixed')).toHaveAttribute('aria-valuenow', '20');
  await page.mouse.move(box.x - 30, box.y);
  await expect(strided).toHaveAttribute('aria-valuenow', '52');
  await strided.click({ position: { x: box.width / 2, y: (30.5 / 64) * box.height } });
  await page.mouse.move(box.x - 30, box.y);
  await expect(strided).toHaveAttribute('aria-valuenow', '30');

  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -600);
  await expect(page).toHaveURL(/view=/);
  const zoomed = page.url();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 4, box.y + box.height / 3, { steps: 4 });
  await page.mouse.up();
  await expect(page).not.toHaveURL(zoomed);
  // Let go outside, before the matrix has hold of the pointer: nothing is dragged when it comes back.
  const panned = page.url();
  await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 40, box.y + box.height / 2);
  await page.mouse.up();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 4, { steps: 4 });
  await expect(strided).toHaveAttribute('aria-valuenow', /\d+/);
  await expect(page).toHaveURL(panned);
  await expect(strided).toHaveAttribute('aria-valuenow', /\d+/);
});

test('a link shows the same again', async ({ page }) => {
  const address =
    '?length=4096&stride=64&cells=4&dilation=2&heads=2&layers=column-local-local&beside=ownBlock.summary' +
    '&layer=2&head=1&query=3000&source=7&view=2048_1024_512&medium=text&row=64';
  await open(page, address);
  await expect(
    page.getByRole('heading', { name: /^Strided interleaved \(column, local, local\)/ }),
  ).toBeVisible();
  await expect(matrix(page, 'Strided')).toHaveAttribute('aria-valuenow', '3000');
  await expect(page.getByText('2,048–2,559 ↓ ask 1,024–1,535 →').first()).toBeVisible();
  await expect(page.getByRole('radio', { name: '2', exact: true })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'text', exact: true })).toBeChecked();
  await expect(page.getByText(/could not be read/)).toHaveCount(0);
  await expect(page).toHaveURL(`/patterns${address}`);
});

test('rubbish in the address is told of, and the page is shown', async ({ page }) => {
  await open(page, '?length=banana&stride=8&cells=9&layers=local.summary&colour=red');
  const note = page.getByText(/Some of the address could not be read/);
  await expect(note).toContainText('length “banana”: a whole number from 16 to 1,048,576 was expected');
  await expect(note).toContainText('cells “9”');
  await expect(note).toContainText('A head cannot join');
  await expect(note).toContainText('“colour”: no such setting');
  await page.getByRole('button', { name: 'Close this note' }).click();
  await expect(note).toHaveCount(0);
  await expect(page).toHaveURL(/length=64/);
});

test('reach and path: two steps connect all, a column alone never does', async ({ page }) => {
  await open(page);
  const reach = page.getByRole('region', { name: 'Reach of position 52, Strided' });
  await expect(reach.getByRole('row', { name: /^2 53 100%/ })).toBeVisible();
  const steps = page.getByRole('region', { name: 'Steps of the path, Strided' });
  await expect(steps).toContainText('layer 2: 52 looks at 4');
  await expect(steps).toContainText('layer 1: 4 looks at 3');

  const layers = page.getByRole('textbox', { name: 'layers' });
  await layers.fill('column');
  await layers.press('Enter');
  await expect(page.getByText(/No number of layers ever brings 3 to 52/)).toBeVisible();
  await expect(page.getByText(/position 52 never knows of 46 earlier ones: 0–3, 5–11, 13–19/)).toBeVisible();
  await layers.fill('column; nonsense');
  await layers.press('Enter');
  await expect(page.getByText(/“nonsense” is no factor/)).toBeVisible();
});

test('a million positions: drawn, followed and counted, while the page stays quick', async ({ page }) => {
  await open(page, '?length=1048576&stride=1024&cells=8&heads=1&layers=local-column&query=1000000&source=5');
  await expect(
    page.getByRole('region', { name: 'Reach of position 1,000,000, Strided' }).getByRole('row', {
      name: /^2 1,000,001 100%/,
    }),
  ).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Steps of the path, Strided' })).toContainText('layer 1');
  const strided = matrix(page, 'Strided');
  await strided.focus();
  for (let step = 0; step < 17; step++) await page.keyboard.press('+');
  await expect(page).toHaveURL(/_8&/);
});

test('matrices are saved as PNG and SVG', async ({ page }) => {
  await open(page);
  for (const kind of ['PNG', 'SVG'] as const) {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Save Strided as ${kind}` }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`weft-Strided-64.${kind.toLowerCase()}`);
    const content = await readFile(await file.path());
    if (kind === 'PNG') expect(content.subarray(1, 4).toString()).toBe('PNG');
    else expect(content.toString()).toMatch(/^<svg .*Strided.*<\/svg>$/s);
    expect(content.length).toBeGreaterThan(2000);
  }
});

test('the pattern can be trained', async ({ page }) => {
  await open(page);
  await page.getByRole('combobox', { name: 'Preset' }).selectOption({ label: 'Sliding window with sinks' });
  await page.getByRole('button', { name: 'Train with it' }).click();
  await expect(page).toHaveURL('/train');
  await expect(page.getByText(/local with sink, merged, stride 256, sinks 4/).first()).toBeAttached();
});

test('with everything unfolded there is nothing to mend for axe', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const medium of ['picture', 'text', 'sound']) {
    await open(page, `?length=64&stride=8&layers=local.sink-dilated&beside=dense&heads=2&medium=${medium}`);
    await page.getByRole('button', { name: 'List the keys' }).first().click();
    await page.getByRole('button', { name: 'Show as a table' }).click();
    await expectNoFaults(page);
  }
});
