// What breaks is told in words, and training goes on from the last copy: the graphics device, the GPU process,
// the worker, the numbers.
import { type Browser, chromium } from '@playwright/test';
import { expect, test } from './test.ts';
import { sampleText, Weft } from './weft.ts';

test.setTimeout(240_000);

/** Collects the devices that the worker opens, so that a test can reach them. */
const collectDevices = `{
  const open = GPUAdapter.prototype.requestDevice;
  globalThis.devices = [];
  GPUAdapter.prototype.requestDevice = async function (...options) {
    const device = await open.apply(this, options);
    globalThis.devices.push(device);
    return device;
  };
}`;

type WithDevices = { devices: GPUDevice[] };

async function startTraining(weft: Weft): Promise<void> {
  await weft.open('/train');
  await weft.chooseText('cats.txt', sampleText(20_000));
  await weft.chooseTiniest();
  await weft.press('Start');
  // The first copy of a run is taken after fifty steps.
  await weft.until('steps', (step) => step > 60);
}

/** Steps are counted on from the copy, and the run can be stopped as usual. */
async function goesOn(weft: Weft): Promise<void> {
  const before = await weft.number('steps');
  await weft.until('steps', (step) => step > before + 60);
  expect(await weft.number('bits / byte, learning')).toBeLessThan(8);
  await weft.press('Stop');
  await expect(weft.page.getByText(/Stopped at step/)).toBeVisible();
}

test('a device that is lost is replaced, and the run goes on', async ({ page, weft }) => {
  await weft.beforeWorker(collectDevices);
  await startTraining(weft);
  const [worker] = page.workers();
  const devices = () => worker?.evaluate(() => (globalThis as unknown as WithDevices).devices.length);
  const opened = (await devices()) ?? 0;
  await worker?.evaluate(() => (globalThis as unknown as WithDevices).devices.at(-1)?.destroy());
  await expect.poll(devices, { timeout: 30_000 }).toBe(opened + 1);
  const notices = page.getByRole('list', { name: 'Notices' });
  await expect(notices).toContainText(/has been replaced\. Training goes on from step/);
  await goesOn(weft);
});

test.describe('the GPU process', () => {
  // Chromium counts crashes by site, and two of them bar it from WebGPU for a while: so a browser of its own.
  let browser: Browser;
  test.beforeAll(async ({ launchOptions }) => {
    browser = await chromium.launch(launchOptions);
  });
  test.afterAll(() => browser.close());

  test('may crash, and the run goes on', async ({ baseURL }) => {
    const page = await browser.newPage({ baseURL: baseURL ?? '' });
    const weft = new Weft(page);
    await startTraining(weft);
    const session = await browser.newBrowserCDPSession();
    const gpuProcess = async () => {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      return processInfo.find(({ type }) => type === 'GPU')?.id;
    };
    const before = await gpuProcess();
    // The command has no answer: the process that would send it is gone.
    void session.send('Browser.crashGpuProcess').catch(() => {});
    await expect.poll(gpuProcess).not.toBe(before);
    await goesOn(weft);
  });
});

test('a worker that is gone is noticed and replaced; the run opens where it was saved', async ({
  page,
  weft,
}) => {
  await page.addInitScript(() => {
    const Original = Worker;
    const workers: Worker[] = [];
    Object.assign(globalThis, {
      workers,
      Worker: class extends Original {
        constructor(...options: ConstructorParameters<typeof Worker>) {
          super(...options);
          workers.push(this);
        }
      },
    });
  });
  await startTraining(weft);
  await weft.press('Pause');
  await expect(page.getByText(/Paused at step/)).toBeVisible();
  const saved = await weft.number('steps');
  await weft.press('Resume');
  await weft.until('steps', (step) => step > saved);

  await page.evaluate(() => (globalThis as unknown as { workers: Worker[] }).workers.at(-1)?.terminate());
  const notices = page.getByRole('list', { name: 'Notices' });
  await expect(notices).toContainText(/started again/, { timeout: 20_000 });
  await expect(notices).toContainText(/safe/);
  await weft.engineReady();
  await weft.press('Open cats.txt');
  await expect(page.getByText(/Paused at step/)).toBeVisible();
  await weft.press('Resume');
  await weft.until('steps', (step) => step > saved);
  await weft.press('Stop');
});

test('numbers that run away stop the run before they do harm', async ({ page, weft }) => {
  await weft.open('/train');
  await weft.chooseText('cats.txt', sampleText(20_000));
  await weft.chooseTiniest();
  await weft.set('rate', 1e6);
  await expect(page.getByRole('alert')).toContainText(/from 0 to 1/);

  // Each step now multiplies all matrices by -999.
  await weft.set('rate', 1);
  await weft.set('warm-up', 0);
  await weft.press('Everything else');
  await weft.set('weight decay', 1000);
  await weft.press('Start');
  const words = page.getByRole('main').getByText(/Training stopped at step \d+.*learning rate/);
  await expect(words).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Start again' })).toBeEnabled();
});

test.describe('a page that could not be fetched', () => {
  test.use({ expectedErrors: [/ERR_FAILED|dynamically imported module/] });

  test('is fetched when it is shown again', async ({ page }) => {
    let isDown = true;
    await page.route('**/PatternsPage-*.js', (route) => (isDown ? route.abort() : route.continue()));
    await page.goto('/patterns');
    await expect(page.getByRole('heading', { name: 'This page broke' })).toBeVisible();
    isDown = false;
    await page.getByRole('button', { name: 'Show the page again' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'Which earlier positions may a position look at?',
    );
  });
});
