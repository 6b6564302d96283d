// What is really heard: the samples that leave the audio graph, held against those that should.
import type { Page } from '@playwright/test';
import { muLawOf, samplesOf } from '../src/data/audio/mulaw.ts';
import { writeWav } from '../src/data/audio/wav-write.ts';
import { builtinAudio } from '../src/data/builtin-audio.ts';
import { fadeSamples, heard, largestStep, listen, stretchesOf, worstOfTone } from './listening.ts';
import { withScript } from './scripted.ts';
import type { Script } from './scripted-engine.ts';
import { expect, test } from './test.ts';
import type { Weft } from './weft.ts';

// The recorder is no script of this site.
test.use({ bypassCSP: true });
test.setTimeout(120_000);

const RATE_HZ = 12_000;
const tune = builtinAudio(5, RATE_HZ, 7);

async function openTune(page: Page, weft: Weft, bytes = tune, rateHz = RATE_HZ): Promise<void> {
  await listen(page);
  await withScript(page);
  await weft.open('/train');
  await page.getByRole('radiogroup', { name: 'read as' }).getByText('sound').click();
  await weft.set('sample rate', rateHz);
  await weft.chooseFiles({ name: 'tune.wav', content: Buffer.from(writeWav(bytes, rateHz, 'muLaw')) });
  await expect(page.getByRole('heading', { level: 1, name: 'tune.wav' })).toBeVisible();
}

/** No step that the source does not have, but for what a fade adds. */
function expectNoClick(samples: Float32Array, source: Float32Array, rateHz: number): void {
  const loudest = source.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(largestStep(samples)).toBeLessThan(largestStep(source) + (2 * loudest) / fadeSamples(rateHz));
}

test('a sound that is whole: every sample once, at its rate, from first to last', async ({ page, weft }) => {
  await openTune(page, weft);
  await weft.press('Play the beginning');
  await expect(page.getByRole('button', { name: 'Play the beginning' })).toBeVisible({ timeout: 20_000 });
  const all = await heard(page);
  expect(all.rateHz).toBe(RATE_HZ);
  const source = samplesOf(tune);
  const stretches = stretchesOf(all, source);
  expect(stretches).toHaveLength(1);
  const [{ from, to, shift } = { from: -1, to: -1, shift: -1 }] = stretches;
  expect(from).toBe(0);
  expect(to).toBeGreaterThan(source.length - fadeSamples(RATE_HZ));
  // It begins soon, and nothing else is heard before or after.
  expect(shift / RATE_HZ).toBeLessThan(1);
  expect(all.samples.subarray(0, shift).every((sample) => sample === 0)).toBe(true);
  expect(all.samples.subarray(shift + source.length).every((sample) => sample === 0)).toBe(true);
  expectNoClick(all.samples, source, RATE_HZ);
});

test('stopped and played again: it fades out, and begins anew', async ({ page, weft }) => {
  await openTune(page, weft);
  const source = samplesOf(tune);
  for (let time = 0; time < 2; time++) {
    await weft.press('Play the beginning');
    await page.waitForTimeout(1500);
    await weft.press('Stop the beginning');
    await page.waitForTimeout(500);
    const { samples } = await heard(page);
    const [stretch, ...others] = stretchesOf({ rateHz: RATE_HZ, samples }, source);
    expect(others).toEqual([]);
    expect(stretch?.from).toBe(0);
    expect(stretch?.to).toBeGreaterThan(RATE_HZ / 2);
    expect(stretch?.to).toBeLessThan(source.length / 2);
    // The last that is heard is silence, not a sound that breaks off.
    const tail = samples.subarray(-32);
    expect(tail.every((sample) => Math.abs(sample) < 1e-3)).toBe(true);
    expectNoClick(samples, source, RATE_HZ);
  }
  expect(await page.evaluate(() => window.recordings.length)).toBe(2);
});

test('a sound at a rate that no audio clock keeps: smooth, and as long as it is', async ({ page, weft }) => {
  const rateHz = 1000;
  const hertz = 40;
  const tone = Float32Array.from(
    { length: 5 * rateHz },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rateHz),
  );
  const bytes = muLawOf(tone);
  await openTune(page, weft, bytes, rateHz);
  await weft.press('Play the beginning');
  await expect(page.getByRole('button', { name: 'Play the beginning' })).toBeVisible({ timeout: 20_000 });
  const { samples, rateHz: heardHz } = await heard(page);
  const first = samples.findIndex((sample) => Math.abs(sample) > 1e-3);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > 1e-3);
  expect((last - first) / heardHz).toBeGreaterThan(4.9);
  expect((last - first) / heardHz).toBeLessThan(5.1);
  // Everywhere but at its ends it is the tone, and nothing else.
  const inside = samples.subarray(first + Math.round(heardHz / 20), last - Math.round(heardHz / 20));
  expect(worstOfTone(inside, hertz / heardHz)).toBeLessThan(0.05);
});

test.describe('while it is made', () => {
  async function make(page: Page, weft: Weft, script: Script, begin?: Uint8Array): Promise<void> {
    await listen(page);
    await withScript(page, { everyMs: 5, stepsPerEvent: 500, ...script });
    await weft.open('/train');
    await weft.press('Use the built-in sound');
    await weft.press('Start');
    await expect(page.getByText(/^Finished after/)).toBeVisible();
    await weft.goTo('Generate');
    await weft.set('seconds', 4);
    await weft.set('seed', 3);
    if (begin) {
      const buffer = Buffer.from(writeWav(begin, RATE_HZ, 'muLaw'));
      const own = { name: 'own.wav', mimeType: '', buffer };
      await page.getByLabel('Drop a sound to go on from').setInputFiles(own);
      await expect(page.getByText('own.wav')).toBeVisible();
    }
    await weft.press('Make sound');
    const list = page.getByRole('list', { name: 'The sounds' });
    await expect(list).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
    await expect(page.getByRole('button', { name: 'Play the sound' })).toBeVisible({ timeout: 20_000 });
  }
  const source = samplesOf(builtinAudio(4, RATE_HZ, 3));

  test('faster than it plays: without a gap', async ({ page, weft }) => {
    await make(page, weft, { bytesPerChunk: 1200, chunkMs: 30 });
    const all = await heard(page);
    expect(all.rateHz).toBe(RATE_HZ);
    const stretches = stretchesOf(all, source);
    expect(stretches).toHaveLength(1);
    expect(stretches[0]?.to).toBeGreaterThan(source.length - fadeSamples(RATE_HZ));
    expectNoClick(all.samples, source, RATE_HZ);
  });

  test('behind a long beginning: from a little before its own part', async ({ page, weft }) => {
    const begin = builtinAudio(16, RATE_HZ, 5);
    await make(page, weft, { bytesPerChunk: 1200, chunkMs: 30 }, begin);
    const expected = Float32Array.of(...samplesOf(begin).subarray(5 * RATE_HZ, 8 * RATE_HZ), ...source);
    const stretches = stretchesOf(await heard(page), expected);
    expect(stretches).toHaveLength(1);
    expect(stretches[0]?.to).toBeGreaterThan(expected.length - fadeSamples(RATE_HZ));
  });

  test('slower than it plays: it waits, and goes on without a click', async ({ page, weft }) => {
    await make(page, weft, { bytesPerChunk: 600, chunkMs: 100 });
    const all = await heard(page);
    const stretches = stretchesOf(all, source);
    expect(stretches.length).toBeGreaterThan(1);
    expect(stretches.at(-1)?.to).toBeGreaterThan(source.length - fadeSamples(RATE_HZ));
    expectNoClick(all.samples, source, RATE_HZ);
  });
});
