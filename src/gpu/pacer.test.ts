import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Gpu } from './device.ts';
import { GIVEN_UP, pacerOf, type Replay } from './pacer.ts';
import type { Plan, PlanPart } from './plan.ts';

/** A GPU of so many operations a second, which does one submission after another by a clock of its own. */
function scriptedGpu(perSecond: number) {
  let clock = 0;
  let encoded = 0;
  const submissions: { readonly work: number; readonly ms: number }[] = [];
  let done = Promise.resolve();
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  const queue = {
    submit: () => {
      const work = encoded;
      encoded = 0;
      const ms = (1000 * work) / perSecond;
      submissions.push({ work, ms });
      done = done.then(() => {
        clock += ms;
      });
    },
    onSubmittedWorkDone: () => done,
  };
  const encoder = { beginComputePass: () => ({ end: () => {} }), finish: () => ({}) };
  const device = { queue, createCommandEncoder: () => encoder };
  const gpu = {
    device,
    profile: { software: false },
    check: () => {},
    answer: (pending: Promise<unknown>) => pending,
  } as unknown as Gpu;
  /** A plan that can be cut anywhere. */
  const plan = (work: number): Plan =>
    ({
      work,
      *parts(budget: () => number): Generator<PlanPart> {
        for (let left = work; left > 0; ) {
          const part = Math.min(left, budget());
          left -= part;
          yield {
            work: part,
            encode: () => {
              encoded += part;
            },
          };
        }
      },
    }) as unknown as Plan;
  return { gpu, plan, submissions };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('work for the GPU', () => {
  it('goes out at once where it is little, each replay with what is to be done before and after it', () => {
    const { gpu, plan, submissions } = scriptedGpu(1e13);
    const order: string[] = [];
    const replay = (name: string): Replay => ({
      plan: plan(1e6),
      before: () => order.push(`before ${name}`),
      after: () => order.push(`after ${name}`),
    });
    expect(pacerOf(gpu).submit([replay('one'), replay('two')], 'test')).toBeUndefined();
    expect(submissions).toHaveLength(2);
    expect(order).toEqual(['before one', 'after one', 'before two', 'after two']);
  });

  it('is cut anew while it goes on, as soon as the GPU turns out to be faster', async () => {
    const { gpu, plan, submissions } = scriptedGpu(1e13);
    await pacerOf(gpu).submit([{ plan: plan(4e13) }], 'test');
    expect(submissions.reduce((sum, { work }) => sum + work, 0)).toBeCloseTo(4e13, -3);
    const last = submissions.at(-2)!;
    expect(submissions[0]!.ms, 'a first guess').toBeLessThan(2);
    expect(last.ms, 'what was learnt').toBeGreaterThan(50);
    expect(Math.max(...submissions.map(({ ms }) => ms))).toBeLessThan(300);
  });

  it('is done before and after a replay once, however often that is cut', async () => {
    const { gpu, plan, submissions } = scriptedGpu(1e11);
    const before = vi.fn();
    const after = vi.fn();
    await pacerOf(gpu).submit([{ plan: plan(1e12), before, after }], 'test');
    expect(submissions.length).toBeGreaterThan(20);
    expect(before).toHaveBeenCalledTimes(1);
    expect(after).toHaveBeenCalledTimes(1);
  });

  it('is given up between two pieces', async () => {
    const { gpu, plan, submissions } = scriptedGpu(1e11);
    const outcome = await pacerOf(gpu).submit([{ plan: plan(1e12) }], 'test', () => submissions.length >= 3);
    expect(outcome).toBe(GIVEN_UP);
    expect(submissions).toHaveLength(3);
  });
});
