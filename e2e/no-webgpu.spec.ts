// A browser without WebGPU, or without a graphics adapter: the page says what that means and still trains a tiny
// model, on the reference engine.
import { chromiumArguments, chromiumPath } from '../scripts/browser.mjs';
import { expect, test } from './test.ts';
import { sampleText } from './weft.ts';

const executablePath = chromiumPath();
const without = (extra: readonly string[]) => ({
  ...(executablePath ? { executablePath } : {}),
  args: [...chromiumArguments.filter((flag) => !flag.includes('webgpu')), ...extra],
});

for (const [what, extra] of [
  ['no WebGPU', ['--disable-blink-features=WebGPU', '--disable-features=WebGPU']],
  ['no adapter', []],
] as const) {
  test.describe(what, () => {
    test.use({ launchOptions: without(extra) });

    test('is told in words, and a tiny model still learns', async ({ page, weft }) => {
      test.setTimeout(240_000);
      await weft.open('/train');
      expect(await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) ?? null)).toBeNull();
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
  });
}
