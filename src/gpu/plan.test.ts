import { describe, expect, it } from 'vitest';
import { Plan } from './plan.ts';

/** A plan of `count` dispatches of the same work, none of which can be cut. */
function planOf(count: number, work = 1): Plan {
  const dispatch = (index: number) => ({
    label: `dispatch ${index}`,
    pipeline: {} as GPUComputePipeline,
    bindGroup: {} as GPUBindGroup,
    grid: [1, 1, 1] as const,
    work,
  });
  return new Plan(Array.from({ length: count }, (_, index) => ({ dispatches: () => [dispatch(index)] })));
}

const worksOf = (parts: Iterable<{ readonly work: number }>) => [...parts].map(({ work }) => work);

describe('the parts of a plan', () => {
  it('are as large as the budget at the time allows', () => {
    let budget = 2;
    expect(worksOf(planOf(9).parts(() => budget++, 1))).toEqual([2, 3, 4]);
    expect(worksOf(planOf(3, 5).parts(() => 1, 1)), 'a dispatch is never left out').toEqual([5, 5, 5]);
  });

  it('double from the first on, where that is to be short', () => {
    expect(worksOf(planOf(40).parts(() => Infinity, 1, 4))).toEqual([4, 8, 16, 12]);
    expect(worksOf(planOf(40).parts(() => 10, 1, 4)), 'and stay in the budget').toEqual([4, 8, 10, 10, 8]);
    expect(worksOf(planOf(3).parts(() => Infinity, 1, 4))).toEqual([3]);
  });
});
