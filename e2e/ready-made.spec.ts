// Models that come with the page: at work before anything was trained, and never in the way.
import { withScript } from './scripted.ts';
import { savedRun } from './scripted-runs.ts';
import { expect, test } from './test.ts';

test('the digits open, paint, and can be looked into', async ({ page, weft }) => {
  await weft.open('/');
  await page.getByRole('button', { name: 'Open Handwritten digits' }).click();
  await expect(page.getByText('A model of 2.78M weights')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/^[1-9]\d* of 784 bytes in each of 4/)).toBeVisible({ timeout: 60_000 });
  await weft.press('Stop');
  await expect(page.getByText(/^Stopped after \d+ bytes/)).toBeVisible();
  // Looked into on what it painted.
  await weft.goTo('Inspect');
  await expect(page.getByRole('heading', { name: 'Model Handwritten digits' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What each head does' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('radio', { name: 'written' })).toBeChecked();
});

test('before it has made anything, it can be asked to make something to look into', async ({ page }) => {
  await withScript(page, { info: { software: true }, bytesPerChunk: 100, chunkMs: 40 });
  await page.goto('/inspect');
  await page.getByRole('button', { name: 'Open Handwritten digits' }).click();
  await page.getByRole('button', { name: 'Let it paint a picture' }).click();
  await expect(page.getByText(/makes something to look into: \d+ of 784 bytes/)).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What each head does' })).toBeVisible();
});

test.describe('on a graphics processor', () => {
  test('a newcomer sees them painted without a word', async ({ page }) => {
    const fetched: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/models/')) fetched.push(new URL(request.url()).pathname);
    });
    await withScript(page, { bytesPerChunk: 100 });
    await page.goto('/patterns');
    await expect(page.getByRole('banner').getByText('NVIDIA')).toHaveCount(1);
    expect(fetched).toEqual([]);
    await page.getByRole('navigation').getByRole('link', { name: 'Generate' }).click();
    await expect(page.getByRole('heading', { name: 'Pictures, one pixel at a time' })).toBeVisible();
    await expect(page.getByText(/^784 of 784 bytes in each of 4/)).toBeVisible();
    // Once is enough: what comes after is the person's.
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Generate' }).click();
    await expect(page.getByText(/^784 of 784 bytes in each of 4/)).toBeVisible();
    expect(fetched).toEqual(['/models/digits.safetensors']);
  });

  test('they are fine-tuned with other pictures, once those are read as the model reads', async ({
    page,
  }) => {
    await withScript(page, { bytesPerChunk: 784, everyMs: 5 });
    await page.goto('/');
    await page.getByRole('link', { name: 'train one of your own' }).click();
    await expect(page.getByText('fine-tune Handwritten digits, which knows pictures already')).toBeVisible();
    await page.getByRole('button', { name: 'Use the built-in pictures' }).click();
    await page.getByRole('button', { name: 'Read for Handwritten digits' }).click();
    await page.getByRole('button', { name: 'Fine-tune' }).click();
    await expect(page.getByText(/6 layers · 2\.78M weights/)).toBeVisible();
    await expect(page.getByText('Finished after 1,000 steps.')).toBeVisible();
  });

  test('a digit that is begun by hand is finished', async ({ page }) => {
    await withScript(page, { bytesPerChunk: 784 });
    await page.goto('/');
    await expect(page.getByText(/^784 of 784 bytes/)).toBeVisible();
    await page.getByRole('button', { name: 'Draw', exact: true }).click();
    const pad = page.getByRole('application', { name: /^Drawing pad of 28 x 28 pixels/ });
    await expect(page.getByRole('button', { name: 'Let it finish' })).toBeDisabled();
    // By keyboard: from the middle of the upper half, a line to the right.
    await pad.focus();
    for (const key of ['ArrowUp', 'Shift+ArrowRight', 'Shift+ArrowRight']) await page.keyboard.press(key);
    await expect(page.getByRole('button', { name: 'Let it finish' })).toBeEnabled();
    // By pointer, down to the middle.
    const box = await pad.boundingBox();
    if (!box) throw new Error('the pad is not shown');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Let it finish' }).click();
    // The rows down to where the pen came are kept: 15 of 28.
    await expect(page.getByRole('img', { name: 'The kept part of your drawing: 54%' })).toBeVisible();
    await expect(page.getByText(/^364 of 364 bytes in each of 4/)).toBeVisible();
  });

  test('whoever has trained before finds the run instead', async ({ page }) => {
    await withScript(page, { runs: [savedRun] });
    await page.goto('/');
    await expect(page.getByRole('button', { name: 'Open letters.txt' })).toBeEnabled();
    await expect(page.getByRole('button', { name: 'Open Handwritten digits' })).toBeEnabled();
    await expect(page.getByText('of 784 bytes')).toHaveCount(0);
  });

  test.describe('offline', () => {
    test.use({ expectedErrors: [/Failed to load resource/] });

    test('this is said, nothing is lost, and the button stays', async ({ page }) => {
      await withScript(page);
      await page.context().route('**/models/*', (route) => route.abort());
      await page.goto('/');
      const notices = page.getByRole('list', { name: 'Notices' });
      await expect(notices.getByText('“Handwritten digits” could not be fetched.')).toBeVisible();
      await page.context().unroute('**/models/*');
      await page.getByRole('button', { name: 'Open Handwritten digits' }).click();
      await expect(page.getByText(/^784 of 784 bytes in each of 4/)).toBeVisible();
    });

    test('on its way it can be stopped', async ({ page }) => {
      await withScript(page);
      await page.context().route('**/models/*', () => {});
      await page.goto('/');
      await expect(page.getByText('0 B of 5.57 MB')).toBeVisible();
      await page.getByRole('button', { name: 'Stop' }).click();
      await expect(page.getByRole('button', { name: 'Open Handwritten digits' })).toBeEnabled();
      await expect(page.getByText('could not be fetched')).toHaveCount(0);
    });
  });
});
