import { expect, test } from 'vitest';
import { finish, inSlices, type Sliced } from './slices.ts';

function* counted(steps: number, done: { steps: number }): Sliced<string> {
  for (let step = 1; step <= steps; step++) {
    done.steps = step;
    yield step / steps;
  }
  return 'done';
}

test('at once, or in slices that let others have their turn, with the same result', async () => {
  expect(finish(counted(3, { steps: 0 }))).toBe('done');
  const progress: number[] = [];
  const done = { steps: 0 };
  let between = 0;
  setTimeout(() => {
    between = done.steps;
  });
  // Slices of no time: a turn after every step.
  const result = await inSlices(counted(40, done), {
    signal: new AbortController().signal,
    onProgress: (share) => progress.push(share),
    sliceMs: 0,
  });
  expect(result).toBe('done');
  expect(between).toBeGreaterThan(0);
  expect(between).toBeLessThan(40);
  expect(progress).toEqual(Array.from({ length: 40 }, (_, step) => (step + 1) / 40));
});

test('called off, it stops where it is and answers null', async () => {
  const controller = new AbortController();
  const done = { steps: 0 };
  const work = inSlices(counted(1000, done), {
    signal: controller.signal,
    onProgress: () => controller.abort(),
    sliceMs: 0,
  });
  expect(await work).toBeNull();
  expect(done.steps).toBe(1);
});
