// What was seen inside a model, and what is watched, as events and losses change it.

import { describe, expect, test } from 'vitest';
import { testConfig } from '../model/testing.ts';
import type { ModelInfo, WireError } from '../protocol/index.ts';
import { beginLooking, type InspectSlice, inspected, inspectOnEvent, inspectOnLoss } from './inspect.ts';
import { fitting, initialWatching, watchingOnEvent, watchOf } from './watching.ts';

const model: ModelInfo = {
  ...{ config: testConfig, medium: { kind: 'text' }, parameters: 1, name: 'cats', step: 3 },
};
const input = { kind: 'heldOut', window: 0 } as const;
const maps = { rows: 1, columns: 1, heads: [] };
const inspection = {
  ...{ tokens: new Uint8Array(1), bits: new Float32Array(1), maps, windows: 1, heldOutWindows: 1, step: 3 },
};
const seen: InspectSlice = { state: 'seen', seen: { input, model, inspection } };
const error: WireError = { code: 'worker-lost', message: 'gone' };

describe('an inspection', () => {
  test('stays while another is made, and when the engine is lost', () => {
    const looking = inspectOnEvent(beginLooking(seen, input), { type: 'inspecting', share: 0.5 });
    expect(looking).toMatchObject({ state: 'looking', share: 0.5 });
    expect(inspected(looking)).toBe(inspected(seen));
    expect(inspectOnLoss(looking, error)).toMatchObject({ state: 'failed', still: inspected(seen) });
    expect(inspectOnLoss(seen, error)).toBe(seen);
  });

  test('goes with its model, but not while that trains on', () => {
    expect(inspectOnEvent(seen, { type: 'model', model: { ...model, step: 9 } })).toBe(seen);
    const other = { ...model, config: { ...testConfig, nLayer: 7 } };
    expect(inspectOnEvent(seen, { type: 'model', model: other })).toEqual({ state: 'empty' });
  });
});

describe('watching', () => {
  const row = { layer: 0, head: 'mean', query: 1, segments: [] } as const;
  const event = { type: 'attention', id: 4, row, first: 2 } as const;

  test('asks for nothing and keeps nothing while it is off', () => {
    expect(watchOf(initialWatching)).toBeNull();
    expect(watchingOnEvent(initialWatching, event)).toBe(initialWatching);
    const on = { ...initialWatching, on: true };
    expect(watchOf(on)).toEqual({ layer: 0, head: 'mean' });
    expect(watchingOnEvent(on, event).seen).toEqual({ id: 4, row, first: 2 });
  });

  test('is of a layer and head that the model has', () => {
    const far = { ...initialWatching, layer: 9, head: 9 };
    expect(fitting(far, model)).toMatchObject({ layer: testConfig.nLayer - 1, head: testConfig.nHead - 1 });
    expect(fitting(initialWatching, model)).toBe(initialWatching);
  });
});
