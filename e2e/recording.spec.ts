// A recording from the microphone, which in a test is the browser's own beep: it becomes data like any sound.
import { chromiumPath, testArguments } from '../scripts/browser.mjs';
import { expect, test } from './test.ts';

const executablePath = chromiumPath();
test.use({
  permissions: ['microphone'],
  launchOptions: {
    ...(executablePath ? { executablePath } : {}),
    args: [...testArguments, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
});

test('a recording is learnt from like a file', async ({ page, weft }) => {
  await weft.open('/train');
  await weft.press('Record');
  await expect(page.getByText(/stays on this computer, like everything/)).toBeVisible();
  // The beep is short and comes twice a second: whoever looks once a second might always come between.
  await expect
    .poll(() => page.locator('meter').evaluate((meter: HTMLMeterElement) => meter.value), { intervals: [70] })
    .toBeGreaterThan(0.01);
  await page.waitForTimeout(1500);
  await weft.press('Stop recording');
  await expect(page.getByRole('heading', { level: 1, name: /^recording\./ })).toBeVisible();
  await expect(page.getByText('sound at 12,000 Hz')).toBeVisible();
  await expect(page.getByRole('img', { name: /the beginning: a sound of [1-9]/ })).toBeVisible();
});
