// A browser without a graphics adapter, or without WebGPU at all: the page says what that means and still trains
// a tiny model, on the reference engine.
import { chromiumPath, testArguments } from '../scripts/browser.mjs';
import { expect, test } from './test.ts';
import { sampleText } from './weft.ts';

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    ...(executablePath ? { executablePath } : {}),
    // Headless Chromium has no adapter unless it is told to compute on the processor.
    args: testArguments.filter((flag) => !flag.includes('webgpu')),
  },
});

for (const [what, before] of [
  ['an adapter', ''],
  ['WebGPU', "Object.defineProperty(navigator, 'gpu', { value: undefined });"],
] as const) {
  test(`without ${what}, this is told in words, and a tiny model still learns`, async ({ page, weft }) => {
    test.setTimeout(240_000);
    await weft.beforeWorker(before);
    await weft.open('/train');
    await page
      .getByRole('banner')
      .getByRole('button', { name: /No WebGPU/ })
      .click();
    await expect(page.getByText(/processor/).first()).toBeVisible();
    await page.keyboard.press('Escape');

    await weft.chooseText('cats.txt', sampleText(10_000));
    await weft.chooseTiniest();
    await weft.press('Start');
    await weft.until('bits / byte, learning', (bits) => bits < 7, 180_000);
    await weft.press('Stop');
    await expect(page.getByText(/Stopped at step/)).toBeVisible();
    await weft.goTo('Generate');
    await weft.set('length', 20);
    await weft.press('Write');
    expect((await weft.written()).length).toBeGreaterThan(0);
  });
}
