// What is said aloud: the things that matter, and at most once in ten seconds.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { presets } from '../model/presets.ts';
import { newRecord } from '../state/run.ts';
import { initialState, onEvent, type WeftState } from '../state/store.ts';
import { announcementOf } from './announcements.ts';
import { PAUSE_MS, Pacer } from './pacer.ts';

describe('the pacer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('says the first at once and of the rest only the last, ten seconds later', () => {
    const said: string[] = [];
    const pacer = new Pacer((words) => said.push(words));
    for (const words of ['one', 'two', 'three']) pacer.say(words);
    expect(said).toEqual(['one']);
    vi.advanceTimersByTime(PAUSE_MS);
    expect(said).toEqual(['one', 'three']);
    vi.advanceTimersByTime(PAUSE_MS);
    pacer.say('four');
    expect(said).toEqual(['one', 'three', 'four']);
  });

  test('says nothing more once stopped', () => {
    const said: string[] = [];
    const pacer = new Pacer((words) => said.push(words));
    pacer.say('one');
    pacer.say('two');
    pacer.stop();
    vi.advanceTimersByTime(10 * PAUSE_MS);
    expect(said).toEqual(['one']);
  });
});

describe('announcements', () => {
  const training: WeftState = {
    ...initialState,
    run: {
      ...initialState.run,
      status: { state: 'training' },
      record: newRecord({ config: presets.tiny, data: null, cost: null, from: null }),
    },
  };

  test('tell of a new status, an evaluation and a notice', () => {
    const paused = onEvent(training, { type: 'status', status: { state: 'paused' } });
    expect(announcementOf(paused, training)).toBe('Training is paused.');
    const evaluated = onEvent(training, {
      type: 'evaluation',
      evaluation: { step: 1200, bitsPerByte: 1.618 },
    });
    expect(announcementOf(evaluated, training)).toBe('Step 1,200: 1.62 bits per byte, held out.');
    const warned = onEvent(training, { type: 'notice', level: 'warning', message: 'Low on storage.' });
    expect(announcementOf(warned, training)).toBe('Low on storage.');
  });

  test('are silent about single steps and heartbeats', () => {
    expect(announcementOf(onEvent(training, { type: 'heartbeat' }), training)).toBeNull();
    expect(announcementOf(onEvent(training, { type: 'steps', steps: [] }), training)).toBeNull();
  });
});
