// Files that cannot be used are refused in words, at once, and the page goes on as if nothing had happened.
import { expect, test } from './test.ts';
import { sampleText } from './weft.ts';

test.beforeEach(({ weft }) => weft.open('/train'));

test('an empty, a short and a huge text are refused, and a good one then opens', async ({ page, weft }) => {
  const refusal = page.getByRole('alert');

  await weft.chooseText('empty.txt', '');
  await expect(refusal).toContainText('empty.txt');
  await expect(refusal).toContainText(/empty/i);

  // A few bytes are a text, but too few to learn from with the settings at hand.
  await weft.chooseText('short.txt', 'Hello');
  await expect(page.getByRole('heading', { level: 1, name: 'short.txt' })).toBeVisible();
  await expect(page.getByText(/needs at least/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeDisabled();

  // Many references to one small piece: gigabytes that take no memory until something reads them.
  const huge = await page.evaluateHandle(() => {
    const piece = new Blob([new Uint8Array(2 ** 20)]);
    return new File(Array<Blob>(3000).fill(piece), 'huge.txt');
  });
  await weft.drop(huge);
  await expect(refusal).toContainText('huge.txt');
  await expect(refusal).toContainText(/at most/);

  await weft.chooseText('good.txt', sampleText(5000));
  await expect(refusal).toBeHidden();
  await expect(page.getByRole('heading', { level: 1, name: 'good.txt' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeEnabled();
});

test('any bytes will do: a file that is no text is learnt as bytes', async ({ page, weft }) => {
  const bytes = Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 37 + (i >> 5)) & 255));
  await weft.chooseText('noise.bin', bytes);
  await expect(page.getByRole('heading', { level: 1, name: 'noise.bin' })).toBeVisible();
  await weft.chooseTiniest();
  await weft.press('Start');
  await weft.until('steps', (step) => step >= 5);
  await weft.press('Stop');
});

test('several texts are one, and a name is shown as text', async ({ page, weft }) => {
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    for (const name of ['one.txt', 'two.txt']) transfer.items.add(new File(['text '.repeat(100)], name));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }));
  });
  await expect(page.getByRole('heading', { level: 1, name: '2 files' })).toBeVisible();
  await expect(page.getByText('1,001 bytes in 2 files')).toBeVisible();

  // A name is only ever shown as text.
  const name = '<img src=x onerror=alert(1)>.txt';
  await weft.chooseText(name, sampleText(5000));
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.locator('img')).toHaveCount(0);
});

for (const [what, content] of [
  ['no weights at all', Buffer.from('certainly not a model')],
  ['a header larger than the file', Buffer.from([255, 255, 255, 255, 255, 255, 0, 0, 123, 125])],
  ['a header that is not JSON', Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 123, 123])],
  ['nothing', Buffer.alloc(0)],
] as const) {
  test(`weights that are ${what} are refused`, async ({ page, weft }) => {
    const choosing = page.waitForEvent('filechooser');
    await weft.press('Load weights');
    const file = { name: 'odd.safetensors', mimeType: 'application/octet-stream', buffer: content };
    await (await choosing).setFiles(file);
    await expect(page.getByRole('list', { name: 'Notices' }).getByRole('listitem')).toHaveCount(1);
    await expect(page.getByRole('button', { name: 'Save weights' })).toBeDisabled();
  });
}
