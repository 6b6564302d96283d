// Same seed, same bits: a run that was stopped, saved, loaded and continued ends exactly where one that never
// stopped does, whatever was computed in between; a sampler draws the same bytes again; calls take effect in order.

import { beforeAll, describe, expect, it } from 'vitest';
import { Gpu } from '../gpu/device.ts';
import { pacerOf } from '../gpu/pacer.ts';
import { testGpu } from '../gpu/testing.ts';
import { livelyState, livelyTokens } from './cases.ts';
import type { ModelConfig } from './config.ts';
import type { EngineShape, OptimizerState, SamplerSettings, TrainStepRequest } from './engine.ts';
import { createWebGpuEngine, type WebGpuEngine } from './transformer.ts';

/** Dropout, accumulation and heads of two segments: whatever could hold a state of its own. */
const config: ModelConfig = {
  vocabSize: 256,
  contextLength: 39,
  nLayer: 2,
  nHead: 2,
  dModel: 16,
  dFF: 32,
  dQueryKey: 16,
  linearBias: true,
  attention: { stride: 7, summaryCells: 2, layers: [[['local', 'column']]] },
  positions: { kind: 'attention', stride: 7 },
  initialisation: 'released',
  dropout: 0.2,
};
const shape: EngineShape = { microBatch: 1, accumulation: 2, recompute: true };
const settings: SamplerSettings = {
  samples: 3,
  seed: 5,
  temperature: 0.9,
  topK: 50,
  topP: 0.95,
  prompt: Uint8Array.of(87, 101),
};

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

/** A step on bytes of its own. */
function request(step: number): TrainStepRequest {
  return {
    step,
    seed: 3,
    tokens: livelyTokens((step + 1) * 78).subarray(step * 78),
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    weightDecay: 0.01,
    clipNorm: 1,
  };
}

/** Trains the steps [from, to). */
async function train(engine: WebGpuEngine, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step < to; step++) losses.push((await engine.trainStep(request(step))).loss);
  return losses;
}

/** The bits of a state; numbers that are equal may differ in them, as 0 and -0 do. */
function bitsOf({ parameters, m, v }: OptimizerState): Uint32Array[] {
  return [parameters, m, v].map((arena) => new Uint32Array(arena.buffer, arena.byteOffset, arena.length));
}

async function drawn(engine: WebGpuEngine, pieces: readonly number[], seed = settings.seed) {
  const sampler = await engine.createSampler({ ...settings, seed });
  const bytes: number[][] = Array.from({ length: settings.samples }, () => []);
  for (const count of pieces) {
    for (const [sample, piece] of (await sampler.next(count)).entries()) bytes[sample]!.push(...piece);
  }
  sampler.destroy();
  return bytes;
}

async function startedEngine(device = gpu, changes: Partial<EngineShape> = {}): Promise<WebGpuEngine> {
  const engine = await createWebGpuEngine(device, config, { ...shape, ...changes });
  engine.writeState(livelyState(config));
  return engine;
}

describe('training', () => {
  it('stopped, saved, loaded on a new device and continued, ends in the bits of never stopping', async () => {
    const straight = await startedEngine();
    const losses = await train(straight, 0, 10);
    const whole = await straight.readState();
    straight.destroy();

    const first = await startedEngine();
    const before = await train(first, 0, 5);
    const saved = await first.readState();
    first.destroy();
    const otherGpu = await Gpu.open(navigator.gpu);
    const second = await createWebGpuEngine(otherGpu, config, shape);
    second.writeState(saved);
    const after = await train(second, 5, 10);
    expect([...before, ...after]).toEqual(losses);
    expect(bitsOf(await second.readState())).toEqual(bitsOf(whole));
    expect(bitsOf(whole)).not.toEqual(bitsOf(saved));
    otherGpu.destroy();
  });

  it('is not moved by evaluating and sampling in between, nor by keeping blocks instead of recomputing', async () => {
    const undisturbed = await startedEngine();
    await train(undisturbed, 0, 4);
    const disturbed = await startedEngine(gpu, { recompute: false });
    await train(disturbed, 0, 2);
    await disturbed.losses(livelyTokens(3 * config.contextLength));
    await disturbed.gradients({ step: 9, seed: 9, tokens: livelyTokens(2 * config.contextLength) });
    await drawn(disturbed, [config.contextLength]);
    await train(disturbed, 2, 4);
    expect(bitsOf(await disturbed.readState())).toEqual(bitsOf(await undisturbed.readState()));
    undisturbed.destroy();
    disturbed.destroy();
  });
});

describe('gradients', () => {
  it('are the same a second time, in half words of which a whole vec4 is not filled', async () => {
    const odd: ModelConfig = {
      ...config,
      // A layer whose keys are few adds to what was cleared: 33 rows of 36 numbers, of two bytes each.
      ...{ contextLength: 33, nHead: 1, dModel: 12, dFF: 12, dQueryKey: 12, dropout: 0 },
      attention: { stride: 7, summaryCells: 2, layers: [[['local']], [['sink']]] },
    };
    const narrow = { microBatch: 1, accumulation: 1, recompute: false, precision: 'mixed' } as const;
    const engine = await createWebGpuEngine(gpu, odd, narrow);
    engine.writeState(livelyState(odd));
    const same = { step: 0, seed: 1, tokens: livelyTokens(odd.contextLength) };
    const first = await engine.gradients(same);
    expect(await engine.gradients(same)).toEqual(first);
    engine.destroy();
  });
});

describe('calls', () => {
  it('take effect in their order, even while the first steps wait for kernels to compile', async () => {
    const engine = await startedEngine();
    const calls = [
      engine.readState(),
      engine.trainStep(request(0)),
      engine.readState(),
      engine.trainStep(request(1)),
    ] as const;
    const start = livelyState(config);
    engine.writeState(start);
    start.parameters.fill(0);
    const again = [engine.trainStep(request(0)), engine.trainStep(request(1))] as const;
    const [before, first, between, second] = await Promise.all(calls);
    expect(bitsOf(before)).toEqual(bitsOf(livelyState(config)));
    expect(bitsOf(between)).not.toEqual(bitsOf(before));
    expect(await Promise.all(again)).toEqual([first, second]);
    engine.destroy();
  });

  it('that an engine cannot answer any more, because it was closed, say so and harm no other', async () => {
    const engine = await startedEngine();
    const waiting = [
      engine.trainStep(request(0)),
      engine.losses(livelyTokens(config.contextLength)),
      engine.createSampler(settings),
    ];
    engine.destroy();
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome.status === 'rejected' && outcome.reason.message).toMatch(/closed/);
    }
    await expect(engine.readState()).rejects.toThrow(/closed/);
    const other = await startedEngine();
    const [loss] = await train(other, 0, 1);
    expect(loss).toBeGreaterThan(0);
    const sampler = await other.createSampler(settings);
    sampler.destroy();
    await expect(sampler.next(1)).rejects.toThrow(/closed/);
    await expect(sampler.logits()).rejects.toThrow(/closed/);
    other.destroy();
    gpu.check();
  });
});

describe('a step that takes long', () => {
  /** Submissions that `work` makes on a device that seems to compute `perSecond` operations a second. */
  async function submissionsOf(perSecond: number, work: () => Promise<unknown>): Promise<number> {
    const { queue } = gpu.device;
    const submit = queue.submit.bind(queue);
    let count = 0;
    queue.submit = (commands) => {
      count++;
      submit(commands);
    };
    pacerOf(gpu).assume(perSecond);
    await work();
    queue.submit = submit;
    return count;
  }

  it('is cut into submissions that change no bit, and later calls wait for it', async () => {
    const [whole, cut] = [await startedEngine(), await startedEngine()];
    const losses = [whole, cut].map(() => [] as number[]);
    const few = await submissionsOf(1e13, async () => losses[0]!.push(...(await train(whole, 0, 2))));
    const many = await submissionsOf(1e6, async () => {
      const first = cut.trainStep(request(0));
      // Two seconds' worth of operations, as the device seems to be; the state must be that after the step.
      const between = cut.readState();
      losses[1]!.push((await first).loss);
      expect(bitsOf(await between)).not.toEqual(bitsOf(livelyState(config)));
      losses[1]!.push(...(await train(cut, 1, 2)));
    });
    expect(few).toBeLessThan(20);
    expect(many).toBeGreaterThan(100);
    expect(losses[1]).toEqual(losses[0]);
    expect(bitsOf(await cut.readState())).toEqual(bitsOf(await whole.readState()));
    const tokens = livelyTokens(2 * config.contextLength);
    pacerOf(gpu).assume(1e6);
    const slowly = [await cut.losses(tokens), await cut.logits(tokens)];
    pacerOf(gpu).assume(1e13);
    expect(slowly).toEqual([await cut.losses(tokens), await cut.logits(tokens)]);
    whole.destroy();
    cut.destroy();
  });

  it('can be given up between two of them, together with those behind it, and leaves no trace', async () => {
    const [undisturbed, disturbed] = [await startedEngine(), await startedEngine()];
    await train(undisturbed, 0, 2);
    await train(disturbed, 0, 1);
    pacerOf(gpu).assume(1e6);
    let asked = 0;
    const stopped = () => ++asked > 8;
    const steps = [disturbed.trainStep(request(1), stopped), disturbed.trainStep(request(2), stopped)];
    const outcomes = await Promise.allSettled(steps);
    for (const outcome of outcomes) {
      expect(outcome.status === 'rejected' && outcome.reason.code).toBe('cancelled');
    }
    pacerOf(gpu).assume(1e13);
    await train(disturbed, 1, 2);
    expect(bitsOf(await disturbed.readState())).toEqual(bitsOf(await undisturbed.readState()));
    undisturbed.destroy();
    disturbed.destroy();
  });
});

describe('a step that is not finite', () => {
  it('stops all that are queued behind it from changing anything, until weights are written', async () => {
    const engine = await startedEngine();
    const poisoned = livelyState(config);
    const { offset } = engine.layout.byName.get('embed.token')!;
    // Only the second step's bytes hold a 255, whose embedding is no number.
    poisoned.parameters[offset + 255 * config.dModel] = Number.NaN;
    const requests = [0, 1, 2, 3].map((step) => {
      const tokens = request(step).tokens.map((byte) => byte % 255);
      if (step === 1) tokens[5] = 255;
      return { ...request(step), tokens };
    });
    engine.writeState(poisoned);
    await engine.trainStep(requests[0]!);
    const before = bitsOf(await engine.readState());
    const outcomes = await Promise.all(requests.slice(1).map((each) => engine.trainStep(each)));
    expect(outcomes.map(({ finite }) => finite)).toEqual([false, false, false]);
    expect(bitsOf(await engine.readState())).toEqual(before);
    expect((await engine.trainStep(requests[2]!)).finite, 'the halt outlives a wait').toBe(false);

    engine.writeState(poisoned);
    expect((await engine.trainStep(requests[2]!)).finite).toBe(true);
    engine.destroy();
  });
});

describe('sampling', () => {
  it('draws the same bytes from the same seed, in pieces or at once, and others from another', async () => {
    const engine = await startedEngine();
    const room = config.contextLength - settings.prompt.length;
    const once = await drawn(engine, [room]);
    expect(once.map((bytes) => bytes.length)).toEqual([room, room, room]);
    expect(await drawn(engine, [1, 7, 0, 2, 1000])).toEqual(once);
    expect(await drawn(engine, [room], 6)).not.toEqual(once);
    expect(new Set(once.map((bytes) => bytes.join())).size, 'different samples').toBe(3);
    engine.destroy();
  });
});
