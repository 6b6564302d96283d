import { expect, test } from 'vitest';
import { finish, inSlices, type Sliced } from './slices.ts';

/** Takes a millisecond a step, which it counts. */
function* slow(steps: number, done: { steps: number }): Sliced<string> {
  for (let step = 1; step <= steps; step++) {
    const until = performance.now() + 1;
    while (performance.now() < until);
    done.steps = step;
    yield step / steps;
  }
  return 'done';
}

test('at once, or in slices that let others have their turn, with the same result', async () => {
  expect(finish(slow(3, { steps: 0 }))).toBe('done');
  const progress: number[] = [];
  let turns = 0;
  const timer = setInterval(() => turns++);
  const work = inSlices(slow(40, { steps: 0 }), {
    signal: new AbortController().signal,
    onProgress: (share) => progress.push(share),
    sliceMs: 4,
  });
  expect(await work).toBe('done');
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
  expect(progress.length).toBeGreaterThan(2);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
});

test('called off, it stops where it is and answers null', async () => {
  const controller = new AbortController();
  const done = { steps: 0 };
  const work = inSlices(slow(1000, done), {
    signal: controller.signal,
    onProgress: () => controller.abort(),
    sliceMs: 2,
  });
  expect(await work).toBeNull();
  expect(done.steps).toBeLessThan(1000);
});
