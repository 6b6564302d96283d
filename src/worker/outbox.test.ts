// What reaches the page, when, and in which order.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EngineEvent, StepEvent } from '../protocol/index.ts';
import { Outbox } from './outbox.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const steps = (...numbers: number[]): EngineEvent => ({
  type: 'steps',
  steps: numbers.map((step) => ({ step }) as StepEvent),
});
const generated = (id: number, bytes: number[], done = false, sample = 0): EngineEvent => ({
  type: 'generated',
  id,
  sample,
  bytes: Uint8Array.from(bytes),
  bytesPerSecond: bytes.length,
  done,
});

function outbox() {
  const sent: EngineEvent[] = [];
  const transferred: Transferable[] = [];
  const box = new Outbox((event, transfer) => {
    sent.push(event);
    transferred.push(...transfer);
  });
  return { box, sent, transferred };
}

it('gathers steps and bytes for a moment', () => {
  const { box, sent, transferred } = outbox();
  box.emit(steps(0));
  box.emit(generated(1, [1, 2]));
  box.emit(steps(1, 2));
  box.emit(generated(1, [3]));
  box.emit(generated(2, [4]));
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(sent).toEqual([
    steps(0, 1, 2),
    { ...generated(1, [1, 2, 3]), bytesPerSecond: 1 },
    generated(2, [4]),
  ]);
  expect(transferred.length).toBe(2);
  vi.advanceTimersByTime(1000);
  expect(sent.length).toBe(3);
});

it('gathers each sample by itself, and lets the last event be the last', () => {
  const { box, sent } = outbox();
  for (const byte of [1, 2]) {
    for (const sample of [0, 1]) box.emit(generated(1, [10 * sample + byte], false, sample));
  }
  box.emit(generated(1, [], true));
  expect(sent).toEqual([
    { ...generated(1, [11, 12], false, 1), bytesPerSecond: 1 },
    { ...generated(1, [1, 2], true), bytesPerSecond: 0 },
  ]);
});

it('sends all else at once, behind what came before it', () => {
  const { box, sent } = outbox();
  const status: EngineEvent = { type: 'status', status: { state: 'finished' } };
  box.emit(steps(0));
  box.emit(status);
  expect(sent).toEqual([steps(0), status]);
  box.emit(generated(1, [1]));
  box.emit(generated(1, [], true));
  expect(sent.at(-1)).toEqual({ ...generated(1, [1], true), bytesPerSecond: 0 });
});
