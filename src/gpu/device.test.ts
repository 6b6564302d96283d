// A device that is lost while something is asked of it, played by a stand-in that fails as Chromium's does when its
// GPU process crashes.
import { afterEach, expect, test, vi } from 'vitest';
import { Gpu } from './device.ts';

/** What Chromium says of a compilation under way. */
const dropped = new DOMException('Instance dropped error in getCompilationInfo', 'OperationError');

function adapter(requestDevice: () => Promise<unknown>): GPU {
  const given = { features: new Set(), limits: {}, info: {}, requestDevice };
  return { requestAdapter: async () => given } as unknown as GPU;
}

class GPUOutOfMemoryError extends Error {}

async function openDevice() {
  let lose: (info: Partial<GPUDeviceLostInfo>) => void = () => {};
  const lost = new Promise((resolve) => {
    lose = resolve;
  });
  let tell: (event: { error: Error }) => void = () => {};
  const addEventListener = (_: string, listener: typeof tell) => {
    tell = listener;
  };
  const gpu = await Gpu.open(adapter(async () => ({ lost, limits: {}, addEventListener })));
  return {
    gpu,
    lose: () => lose({ reason: 'unknown', message: 'The GPU process crashed' }),
    runOut: () => tell({ error: new GPUOutOfMemoryError('no room') }),
  };
}

afterEach(() => void vi.useRealTimers());

test('what fails because the device is lost is told as the loss, though that is reported later', async () => {
  const { gpu, lose } = await openDevice();
  const answer = gpu.answer(Promise.reject(dropped));
  setTimeout(lose, 100);
  await expect(answer).rejects.toMatchObject({
    code: 'device-lost',
    message: expect.stringContaining('The GPU process crashed'),
  });
});

test('what fails because a command before it did is told as that', async () => {
  vi.useFakeTimers();
  const { gpu, runOut } = await openDevice();
  expect(gpu.faulty).toBe(false);
  runOut();
  const invalid = new DOMException('Buffer is invalid', 'OperationError');
  const answer = expect(gpu.answer(Promise.reject(invalid))).rejects.toMatchObject({ code: 'out-of-memory' });
  await vi.runAllTimersAsync();
  await answer;
  expect(gpu.faulty).toBe(true);
});

test('what fails on a device that lives is told as it is', async () => {
  vi.useFakeTimers();
  const { gpu } = await openDevice();
  const answer = expect(gpu.answer(Promise.reject(dropped))).rejects.toBe(dropped);
  await vi.runAllTimersAsync();
  await answer;
});

test('an adapter that is gone before it gives a device counts as none', async () => {
  const gone = new DOMException('adapter is consumed', 'OperationError');
  await expect(Gpu.open(adapter(() => Promise.reject(gone)))).rejects.toMatchObject({
    code: 'no-webgpu',
    message: expect.stringContaining('adapter is consumed'),
  });
});
