// The states of the page that a real engine reaches only by bad luck, each from a script: what is said, what can
// be pressed, and that axe finds nothing, in both themes.
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectNoFaults } from './accessible.ts';
import { withScript } from './scripted.ts';
import type { Script } from './scripted-engine.ts';
import { savedRun } from './scripted-runs.ts';
import { expect, test } from './test.ts';

async function openTrain(page: Page, script: Script = {}): Promise<void> {
  await withScript(page, { runs: [savedRun], ...script });
  await page.goto('/train');
  // A key that is pressed before the page is there is lost.
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

async function trainLetters(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Train on the built-in letters' }).click();
}

test('a run is started, paused, gone on with, finished and written from', async ({ page }) => {
  await openTrain(page);
  await trainLetters(page);
  await expect(page.getByRole('heading', { level: 1, name: 'village-letters.txt' })).toBeVisible();
  await expect(page.getByText('of 1,000 steps')).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/^Paused at step [\d,]+\./)).toBeVisible();
  // What cannot be changed now can still be asked about.
  await expect(page.getByRole('textbox', { name: 'context' })).toBeDisabled();
  await expect(page.getByRole('main').getByRole('button', { name: 'context', exact: true })).toBeEnabled();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText('Finished after 1,000 steps.')).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Generate' }).click();
  await page.getByRole('button', { name: 'Write' }).click();
  await expect(page.getByRole('region', { name: 'The text' })).toContainText('Dear Felix');
  await expect(page.getByText(/^400 of 400 bytes/)).toBeVisible();
});

test('whoever is done in seconds is offered a larger model', async ({ page }) => {
  await openTrain(page, { everyMs: 15 });
  await trainLetters(page);
  await expect(page.getByText('Finished after 1,000 steps.')).toBeVisible();
  await expect(page.getByText('there is time for a larger model')).toBeVisible();
  await expectNoFaults(page);
  await page.getByRole('button', { name: 'Train the small preset' }).click();
  await expect(page.getByText('of 3,000 steps')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'small' })).toBeChecked();
  await expect(page.getByText('Finished after 3,000 steps.')).toBeVisible();
  // What came before is there to compare with.
  await expect(page.getByText('1.06M weights').first()).toBeVisible();
});

test('the curve is also a table', async ({ page }) => {
  await openTrain(page, { everyMs: 15 });
  await trainLetters(page);
  await expect(page.getByText('Finished after')).toBeVisible();
  await page.getByRole('radiogroup', { name: 'Show the curve as' }).getByText('table').click();
  const table = page.getByRole('table');
  await expect(table.getByRole('columnheader', { name: 'held out' })).toBeVisible();
  expect(await table.getByRole('row').count()).toBeGreaterThan(20);
  await expectNoFaults(page);
});

test('writing can be stopped, and what was written stays and can be saved', async ({ page }) => {
  await openTrain(page, { bytesPerChunk: 1, everyMs: 15 });
  await trainLetters(page);
  await page.keyboard.press('1');
  await page.getByRole('textbox', { name: 'Begin with' }).fill('Dear Zoë,\n');
  await page.getByRole('textbox', { name: 'length' }).fill('4000');
  await page.getByRole('textbox', { name: 'length' }).press('Enter');
  await page.getByRole('button', { name: 'Write' }).click();
  await expect(page.getByRole('region', { name: 'The text' })).toContainText('Dear Felix');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/^Stopped after/)).toBeVisible();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save TXT' }).click();
  const stream = await (await saving).createReadStream();
  const saved = Buffer.concat(await stream.toArray()).toString('utf8');
  expect(saved).toMatch(/^Dear Zoë,\n1\. Ashley/);
});

test('a device that is away shows when it is tried again', async ({ page }) => {
  const what = 'The GPU went away; the run goes on from step 250.';
  const retryAtMs = Date.now() + 118_000;
  await openTrain(page, { turns: [{ step: 300, status: { state: 'recovering', what, retryAtMs } }] });
  await trainLetters(page);
  await expect(page.getByText(what)).toBeVisible();
  await expect(page.getByText(/Next try in 1:\d\d\./)).toBeVisible();
});

test('a run that fails says why and can be started again', async ({ page }) => {
  const message = 'Training stopped at step 300: the loss is no longer a number. Lower the learning rate.';
  const status = { state: 'failed', error: { code: 'diverged', message } } as const;
  await openTrain(page, { turns: [{ step: 300, status }] });
  await trainLetters(page);
  await expect(page.getByText(message).first()).toBeVisible();
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('an engine that falls silent is replaced, with a word about what is safe', async ({ page }) => {
  await openTrain(page, { fallSilentAfterMs: 1500 });
  await trainLetters(page);
  await expect(
    page.getByText(/not answered for ten seconds .* was saved in this browser is safe/),
  ).toBeVisible({
    timeout: 30_000,
  });
  await expect(page.getByRole('button', { name: 'Start again' })).toBeVisible();
});

test('without WebGPU the page says what that means', async ({ page }) => {
  const reason = 'This browser has no WebGPU.';
  await openTrain(page, {
    info: { engine: 'reference', features: [], vendor: '', architecture: '', reason },
  });
  await page.getByRole('button', { name: /No WebGPU/ }).click();
  await expect(page.getByText(`${reason} Weft computes on the processor instead`)).toBeVisible();
  await expectNoFaults(page);
});

test.describe('texts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-e2e-'));
  const path = (name: string) => join(folder, name);

  test('an empty file and one of 300 MB are refused in words, where they were offered', async ({ page }) => {
    await openTrain(page);
    const input = page.locator('input[type=file]:not([accept])').last();
    writeFileSync(path('empty.txt'), '');
    await input.setInputFiles(path('empty.txt'));
    await expect(page.getByRole('alert')).toContainText('empty.txt: it is empty.');
    writeFileSync(path('huge.txt'), '');
    truncateSync(path('huge.txt'), 300e6);
    await input.setInputFiles(path('huge.txt'));
    await expect(page.getByRole('alert')).toContainText('huge.txt: there are 286 MiB or more; at most');
    await page.getByRole('button', { name: 'Use the built-in text' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeEnabled();
  });

  test('are dropped and pasted anywhere on the page', async ({ page }) => {
    await openTrain(page);
    const drop = (name: string, text: string) =>
      page.evaluate(
        ([name, text]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text ?? ''], name ?? ''));
          document.body.dispatchEvent(
            new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }),
          );
        },
        [name, text],
      );
    await expect(page.getByText('Drop text, pictures or sound')).toBeVisible();
    await drop('notes.txt', 'a few words, again and again. '.repeat(100));
    await expect(page.getByRole('heading', { level: 1, name: 'notes.txt' })).toBeVisible();
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'pasted '.repeat(100));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    });
    await expect(page.getByRole('heading', { level: 1, name: 'pasted-text.txt' })).toBeVisible();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await drop('other.txt', 'other words');
    await expect(
      page.getByText('A run is under way. Stop it before you open other data.').first(),
    ).toBeVisible();
  });

  test('are shown as text, never as markup', async ({ page }) => {
    await openTrain(page);
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'.repeat(20);
    writeFileSync(path('<b>evil.txt'), evil);
    await page.locator('input[type=file]:not([accept])').last().setInputFiles(path('<b>evil.txt'));
    await expect(page.getByText('<script>document.title=2</script>').first()).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('<b>evil.txt');
    await expect(page).toHaveTitle('Train · Weft');
    expect(await page.locator('main img, main script').count()).toBe(0);
  });
});

test.describe('settings', () => {
  test.beforeEach(async ({ page }) => {
    await openTrain(page);
    await page.getByRole('button', { name: 'Use the built-in text' }).click();
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeEnabled();
  });

  test('that do not fit are refused in words, and those that cannot run hold the start', async ({ page }) => {
    const heads = page.getByRole('textbox', { name: 'heads' });
    for (const text of ['-3', '1e308', 'NaN', '', '2.5']) {
      await heads.fill(text);
      await heads.press('Enter');
      await expect(page.getByRole('alert')).toContainText('a whole number from 1 to 4,096');
      await expect(heads).toHaveValue('2');
    }
    await page.getByRole('textbox', { name: 'width' }).fill('30');
    await page.getByRole('textbox', { name: 'width' }).press('Enter');
    await expect(
      page.getByText('Width is 30, but it must divide by 4 times heads (2)').first(),
    ).toBeVisible();
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeDisabled();
    await page.getByRole('radiogroup', { name: 'Preset' }).getByText('tiny').click();
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeEnabled();
  });

  test('are found again after a reload', async ({ page }) => {
    await page.getByRole('radiogroup', { name: 'Pattern' }).getByText('fixed').click();
    await page.getByRole('radiogroup', { name: 'Form' }).getByText('interleaved').click();
    await page.getByRole('textbox', { name: 'rate' }).fill('0,002');
    await page.getByRole('textbox', { name: 'rate' }).press('Enter');
    await page.reload();
    await expect(page.getByRole('radio', { name: 'fixed' })).toBeChecked();
    await expect(page.getByRole('radio', { name: 'interleaved' })).toBeChecked();
    await expect(page.getByRole('radio', { name: 'own' })).toBeChecked();
    await expect(page.getByRole('textbox', { name: 'rate' })).toHaveValue('2e-3');
  });
});

test('everything can be done with the keyboard alone', async ({ page }) => {
  await openTrain(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  const reach = async (name: string) => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab');
      const reached = await page.evaluate(() => document.activeElement?.textContent);
      if (reached?.trim() === name) return;
    }
    throw new Error(`Tab never reaches “${name}”`);
  };
  await reach('Train on the built-in letters');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('1');
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('main')).toBeFocused();
  await reach('Write');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'The text' })).toContainText('Dear Felix');
  await page.getByRole('textbox', { name: 'Begin with' }).focus();
  await page.keyboard.type('2 pears');
  await expect(page).toHaveURL('/');
});

test('the status is told to screen readers', async ({ page }) => {
  await openTrain(page);
  await trainLetters(page);
  await expect(page.getByRole('status')).toHaveText(/\S/);
  await expect(page.getByRole('status')).toHaveText('Training has finished.', { timeout: 30_000 });
});

test('a saved run is deleted only after a second word', async ({ page }) => {
  await openTrain(page);
  await page.getByRole('button', { name: 'Delete letters.txt' }).click();
  await page.getByRole('button', { name: 'Keep' }).click();
  await page.getByRole('button', { name: 'Delete letters.txt' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('Runs are saved here while they train')).toBeVisible();
});

test('no faults while training and writing', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openTrain(page);
  await page.getByRole('button', { name: 'Use the built-in text' }).click();
  await page.getByRole('button', { name: 'Everything else' }).click();
  await expect(page.getByText('Before it starts')).toBeVisible();
  await expectNoFaults(page);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByText('at step 200')).toBeVisible();
  await expectNoFaults(page);
  await page.keyboard.press('1');
  await page.getByRole('button', { name: 'Write' }).click();
  await expect(page.getByText(/^400 of 400 bytes/)).toBeVisible();
  await expectNoFaults(page);
});
