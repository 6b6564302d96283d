// A tuning that the scripted engine makes up: two classes, one of which gains by another kernel.

import type { EngineApi, EngineEvent, Tuning, TuningStep } from '../src/protocol/index.ts';

const kernels = ['64 x 128 in blocks of 2 x 2', '128 x 128 in blocks of 2 x 2', '64 x 64 in blocks of 2 x 2'];
const steps: readonly TuningStep[] = [
  {
    ...{ storage: 'full', product: 'forward, narrow', shape: { M: 8192, N: 256, K: 1024 } },
    ...{ kernels, ms: [0.21, 0.2, 0.25] },
  },
  {
    ...{ storage: 'full', product: 'forward, wide', shape: { M: 8192, N: 1024, K: 256 } },
    ...{ kernels, ms: [0.19, 0.22, 0.24] },
  },
];

type TuningApi = Pick<EngineApi, 'tune' | 'stopTuning' | 'useTuning' | 'forgetTuning'>;

export function scriptedTuning(everyMs: number, send: (event: EngineEvent) => void): TuningApi {
  let kept: Tuning | null = null;
  let stopped = false;
  const done = { ok: true, value: undefined } as const;
  const keep = (next: Tuning | null) => {
    kept = next;
    send({ type: 'tuning', update: { what: 'kept', kept } });
    return done;
  };
  return {
    async tune(id) {
      stopped = false;
      for (const [at, step] of steps.entries()) {
        const progress = { what: 'progress', id, done: at, total: steps.length } as const;
        send({ type: 'tuning', update: { ...progress, words: step.product } });
        await new Promise((resolve) => setTimeout(resolve, everyMs));
        if (stopped) break;
        send({ type: 'tuning', update: { what: 'step', id, step } });
      }
      if (!stopped) keep({ measuredAtMs: Date.now(), on: true, steps });
      send({ type: 'tuning', update: { what: 'ended', id, stopped } });
      return done;
    },
    async stopTuning() {
      stopped = true;
      return done;
    },
    useTuning: async (on) => (kept ? keep({ ...kept, on }) : done),
    forgetTuning: async () => keep(null),
  };
}
