import { describe, expect, it } from 'vitest';
import { Rate, type Timed } from './rate.ts';

/** Pieces that a device of so many operations a second would take. */
const pieces = (count: number, work: number, rate: number): Timed[] =>
  Array.from({ length: count }, () => ({ work, ms: (1000 * work) / rate }));

describe('what is learnt of a device', () => {
  it('reaches its speed from a first guess within a few lessons', () => {
    const rate = new Rate(1e11);
    for (let lesson = 0; lesson < 3; lesson++) rate.learn(pieces(4, 1e12, 1.6e13));
    expect(rate.perSecond).toBeCloseTo(1.6e13, -9);
  });

  it('keeps what is near enough', () => {
    const rate = new Rate(1e12);
    rate.learn(pieces(4, 1e11, 1.1e12));
    expect(rate.perSecond).toBe(1e12);
  });

  it('leaves aside what took no time worth measuring', () => {
    const rate = new Rate(1e12);
    rate.learn([{ work: 1e6, ms: 4 }]);
    rate.learn([]);
    expect(rate.perSecond).toBe(1e12);
  });

  it('shortens pieces where one kind of work is slower than the rest', () => {
    const rate = new Rate(1e12);
    rate.learn([...pieces(8, 1e11, 1e12), ...pieces(2, 1e11, 1e11)]);
    expect(rate.perSecond).toBeCloseTo(2.5e11, -6);
  });

  it('rises although one of many small pieces stalled', () => {
    const rate = new Rate(1e11);
    rate.learn([...pieces(400, 1e10, 1.6e13), { work: 1e10, ms: 120 }]);
    expect(rate.perSecond).toBeGreaterThan(1e12);
  });

  it('is not misled by a stall in a small piece', () => {
    const rate = new Rate(1e12);
    rate.learn([...pieces(9, 1e11, 1e12), { work: 1e8, ms: 100 }]);
    expect(rate.perSecond).toBe(1e12);
  });

  it('falls no more than fourfold for a stall in a large piece, and recovers at the next lesson', () => {
    const rate = new Rate(1e12);
    rate.learn([...pieces(9, 1e11, 1e12), { work: 1e11, ms: 60_000 }]);
    expect(rate.perSecond).toBeCloseTo(2.5e11, -6);
    rate.learn(pieces(40, 2.5e10, 1e12));
    expect(rate.perSecond).toBeCloseTo(1e12, -6);
  });
});
