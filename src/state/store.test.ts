// What the engine's events and its loss make of the state: never a state that cannot be.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presets } from '../model/presets.ts';
import type { EngineEvent, RunStatus, WireError } from '../protocol/index.ts';
import { beginWriting, sampleBytes } from './generation.ts';
import { MAX_NOTICES } from './notices.ts';
import { heldOut, isActive, MAX_EVALUATIONS, MAX_SAMPLES, newRecord, stepsDone } from './run.ts';
import { initialState, onEvent, onLifecycle, type WeftState } from './store.ts';
import { beginMeasuring, withBits } from './surprise.ts';
import { dataset } from './testing.ts';

const data = dataset('a.txt');
const error: WireError = { code: 'worker-lost', message: 'The engine stopped.' };
const lost = { state: 'lost', error, restarting: true } as const;
const prompt = new TextEncoder().encode('é');
const request = { prompt, samples: 1, length: 4, temperature: 1, topK: 0, topP: 1, seed: 1 };

const training: WeftState = {
  ...initialState,
  run: {
    ...initialState.run,
    status: { state: 'training' },
    record: newRecord({ config: presets.tiny, data, cost: null, from: null }),
  },
};
const writing: WeftState = { ...initialState, generation: beginWriting(1, request) };

const following = (state: WeftState, ...events: EngineEvent[]) => events.reduce(onEvent, state);
const steps = (from: number, count: number): EngineEvent => ({
  type: 'steps',
  steps: Array.from({ length: count }, (_, index) => ({
    step: from + index,
    loss: 1,
    bitsPerByte: 1.5,
    learningRate: 1e-3,
    gradNorm: 1,
    tokensPerSecond: 1000,
    seconds: from + index,
  })),
});
const generated = (id: number, bytes: number[], done = false, sample = 0): EngineEvent => ({
  type: 'generated',
  id,
  sample,
  bytes: Uint8Array.from(bytes),
  bytesPerSecond: 10,
  done,
});

describe('a run', () => {
  test('gathers its steps, evaluations and samples', () => {
    const { record } = following(
      training,
      steps(0, 10),
      { type: 'evaluation', evaluation: { step: 10, bitsPerByte: 2 } },
      { type: 'sample', step: 10, samples: [Uint8Array.of(1)] },
    ).run;
    expect(record && stepsDone(record)).toBe(10);
    expect(record && heldOut(record)).toBe(2);
    expect(record?.evaluations[0]?.seconds).toBe(9);
    expect(record?.samples).toEqual([{ step: 10, samples: [Uint8Array.of(1)] }]);
  });

  test('keeps a bounded number of evaluations and samples, the newest among them', () => {
    let state = training;
    for (let step = 1; step <= 3000; step++) {
      state = following(
        state,
        { type: 'evaluation', evaluation: { step, bitsPerByte: 8 / step } },
        { type: 'sample', step, samples: [] },
      );
    }
    const { record } = state.run;
    expect(record?.evaluations.length).toBeLessThanOrEqual(MAX_EVALUATIONS + 1);
    expect(record?.evaluations[0]?.step).toBe(1);
    expect(record?.evaluations.at(-1)?.step).toBe(3000);
    expect(record?.samples.length).toBe(MAX_SAMPLES);
    expect(record?.samples.at(-1)?.step).toBe(3000);
  });

  test('that goes back to a checkpoint forgets what came after it', () => {
    const { record } = following(
      training,
      steps(0, 20),
      { type: 'evaluation', evaluation: { step: 20, bitsPerByte: 3 } },
      { type: 'evaluation', evaluation: { step: 10, bitsPerByte: 4 } },
    ).run;
    expect(record?.evaluations.map(({ step }) => step)).toEqual([10]);
  });

  test('without a record ignores what belongs to one', () => {
    expect(following(initialState, steps(0, 10)).run).toBe(initialState.run);
  });

  test('fails when the engine is lost, and keeps its curve', () => {
    const state = onLifecycle(following(training, steps(0, 10)), lost);
    expect(state.run.status).toEqual({ state: 'failed', error });
    expect(state.run.record?.curve.points).toHaveLength(10);
    expect(state.library.model).toBeNull();
    expect(state.notices.at(-1)?.message).toContain('safe');
  });

  test('that has ended is not touched by the loss of the engine', () => {
    const finished = following(training, { type: 'status', status: { state: 'finished' } });
    expect(onLifecycle(finished, lost).run).toBe(finished.run);
  });
});

describe('a text', () => {
  test('grows with its own events only', () => {
    const state = following(writing, generated(1, [65]), generated(2, [66]), generated(1, [67]));
    expect(state.generation).toMatchObject({
      state: 'writing',
      writing: { samples: [{ text: 'AC', sizeBytes: 4 }] },
    });
  });

  test('shows a character when its last byte has come, and half of one at the end as a replacement', () => {
    const half = following(writing, generated(1, [0xe2, 0x82]));
    expect(half.generation).toMatchObject({ writing: { samples: [{ text: '' }] } });
    expect(following(half, generated(1, [0xac])).generation).toMatchObject({
      writing: { samples: [{ text: '€' }] },
    });
    expect(following(half, generated(1, [], true)).generation).toMatchObject({
      state: 'done',
      stopped: true,
      writing: { samples: [{ text: '\uFFFD' }] },
    });
  });

  test('is saved as the bytes that came, prompt included', () => {
    const { generation } = following(writing, generated(1, [0xff, 0x41]), generated(1, [0xe2], true));
    if (generation.state === 'empty') throw new Error('nothing was written');
    const [saved] = generation.writing.samples.map(sampleBytes);
    expect([...(saved ?? [])]).toEqual([0xc3, 0xa9, 0xff, 0x41, 0xe2]);
  });

  test('keeps what was written when the engine is lost', () => {
    const state = onLifecycle(following(writing, generated(1, [65])), lost);
    expect(state.generation).toMatchObject({ state: 'failed', error, writing: { samples: [{ text: 'A' }] } });
  });

  test('that is complete takes nothing more', () => {
    const done = following(writing, generated(1, [65, 66, 67, 68], true));
    expect(done.generation).toMatchObject({ state: 'done', stopped: false });
    expect(following(done, generated(1, [69])).generation).toBe(done.generation);
  });
});

test('several samples grow side by side, and no further than was asked', () => {
  const two = beginWriting(1, { ...request, samples: 2 });
  const { generation } = following(
    { ...initialState, generation: two },
    generated(1, [65, 66], false, 1),
    generated(1, [67], false, 0),
    generated(1, [68, 69, 70, 71], true, 1),
  );
  expect(generation).toMatchObject({
    state: 'done',
    stopped: true,
    writing: { samples: [{ text: 'C' }, { text: 'ABDE' }] },
  });
});

test('a picture takes its bytes as they are', () => {
  const medium = { kind: 'image', height: 2, width: 2, channels: 1 } as const;
  const begun = {
    ...initialState,
    generation: beginWriting(1, { ...request, prompt: new Uint8Array() }, medium),
  };
  const { generation } = following(begun, generated(1, [0xe2, 0xff, 0, 9], true));
  if (generation.state === 'empty') throw new Error('nothing was made');
  const [picture] = generation.writing.samples;
  expect(picture && [...sampleBytes(picture)]).toEqual([0xe2, 0xff, 0, 9]);
  expect(generation).toMatchObject({ state: 'done', stopped: false });
});

test('surprise tells how far it is, over all samples', () => {
  const measuring = { ...initialState, surprise: beginMeasuring(1, 2) };
  expect(following(measuring, { type: 'surprise', share: 0.5 }).surprise).toMatchObject({ share: 0.25 });
  const half = { ...measuring, surprise: withBits(measuring.surprise, 1, new Float32Array(2)) };
  expect(following(half, { type: 'surprise', share: 0.5 }).surprise).toMatchObject({ share: 0.75 });
  expect(onLifecycle(half, lost).surprise).toMatchObject({ state: 'failed' });
  expect(following(initialState, { type: 'surprise', share: 0.5 }).surprise).toBe(initialState.surprise);
});

test('a heartbeat changes nothing, so nothing is drawn again', () => {
  expect(onEvent(training, { type: 'heartbeat' })).toBe(training);
});

test('the same notice twice is shown once, and there are never too many', () => {
  const notice = (message: string): EngineEvent => ({ type: 'notice', level: 'info', message });
  const state = following(initialState, ...['a', 'b', 'a', 'c', 'd', 'e'].map(notice));
  expect(state.notices.map(({ message }) => message)).toEqual(['c', 'd', 'e']);
  expect(state.notices.length).toBe(MAX_NOTICES);
  expect(new Set(state.notices.map(({ id }) => id)).size).toBe(MAX_NOTICES);
});

const statuses: RunStatus[] = [
  { state: 'idle' },
  { state: 'preparing', what: 'x' },
  { state: 'training' },
  { state: 'paused' },
  { state: 'recovering', what: 'x' },
  { state: 'finished' },
  { state: 'failed', error },
];
const anyEvent: fc.Arbitrary<EngineEvent> = fc.oneof(
  fc.constantFrom(...statuses).map((status): EngineEvent => ({ type: 'status', status })),
  fc.tuple(fc.nat(500), fc.integer({ min: 0, max: 20 })).map(([from, count]) => steps(from, count)),
  fc.nat(500).map((step): EngineEvent => ({ type: 'evaluation', evaluation: { step, bitsPerByte: 2 } })),
  fc.nat(500).map((step): EngineEvent => ({ type: 'sample', step, samples: [] })),
  fc.tuple(fc.nat(2), fc.array(fc.nat(255), { maxLength: 4 }), fc.boolean()).map((all) => generated(...all)),
  fc.constant<EngineEvent>({ type: 'heartbeat' }),
);
const lossOrEvent = fc.oneof(
  { weight: 8, arbitrary: anyEvent },
  { weight: 1, arbitrary: fc.constant('lost' as const) },
);

test('events in any order, dropped or repeated, never make an impossible state', () => {
  fc.assert(
    fc.property(fc.array(lossOrEvent, { maxLength: 60 }), (sequence) => {
      let state: WeftState = { ...training, generation: beginWriting(1, request) };
      for (const next of sequence) {
        state = next === 'lost' ? onLifecycle(state, lost) : onEvent(state, next);
        const { record, status } = state.run;
        const points = record?.curve.points ?? [];
        expect(points.every((point, index) => index === 0 || point.step > points[index - 1]!.step)).toBe(
          true,
        );
        const evaluated = record?.evaluations.map(({ step }) => step) ?? [];
        expect(evaluated).toEqual([...new Set(evaluated)].sort((a, b) => a - b));
        if (next === 'lost') {
          expect(isActive(status)).toBe(false);
          expect(state.generation.state).not.toBe('writing');
        }
        if (state.generation.state !== 'empty' && state.generation.state !== 'writing') {
          for (const { undecoded } of state.generation.writing.samples) expect(undecoded).toHaveLength(0);
        }
      }
    }),
    { numRuns: 300 },
  );
});
