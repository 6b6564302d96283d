// What is played, when: every sample once, in order, without a gap that was not waited for.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Piece, Schedule } from './schedule.ts';

const RATE = 1000;

/** Ticks a schedule until it ends or time is up; `arrived` says how much of the sound is there at a moment. */
function played(length: number, arrived: (seconds: number) => number, tick = 0.1, limit = 200) {
  const schedule = new Schedule(RATE);
  const pieces: Piece[] = [];
  const states: string[] = [];
  for (let now = 0; now < limit && schedule.state !== 'ended'; now += tick) {
    const available = Math.min(length, Math.floor(arrived(now)));
    for (const piece of schedule.plan(now, available, available === length)) {
      expect(piece.atSeconds).toBeGreaterThanOrEqual(now);
      expect(piece.to).toBeLessThanOrEqual(available);
      pieces.push(piece);
    }
    if (states.at(-1) !== schedule.state) states.push(schedule.state);
  }
  return { pieces, states, schedule };
}

describe('a sound that is whole', () => {
  test('plays at once, in pieces without a gap, faded at both ends only', () => {
    const { pieces, states } = played(7000, () => 7000);
    expect(states).toEqual(['playing', 'ended']);
    expect(pieces[0]).toMatchObject({ from: 0, atSeconds: 0.05, fadeIn: true });
    for (const [index, piece] of pieces.entries()) {
      const before = pieces[index - 1];
      if (before) expect(piece.atSeconds).toBeCloseTo(before.atSeconds + (before.to - before.from) / RATE, 9);
      expect(piece.fadeOut).toBe(index === pieces.length - 1);
      expect(piece.fadeIn).toBe(index === 0);
    }
    expect(pieces.at(-1)?.to).toBe(7000);
  });

  test('of no length ends without a sound', () => {
    expect(played(0, () => 0)).toMatchObject({ pieces: [], states: ['ended'] });
  });

  test('can begin in the middle', () => {
    const schedule = new Schedule(RATE, 500);
    expect(schedule.plan(3, 600, true)).toMatchObject([{ from: 500, to: 600, atSeconds: 3.05 }]);
    expect(schedule.positionAt(3.1)).toBeCloseTo(550, 6);
  });
});

describe('a sound that is still made', () => {
  test('waits until a second is there', () => {
    const { pieces, states } = played(3000, (now) => now * 2000);
    expect(states).toEqual(['waiting', 'playing', 'ended']);
    expect(pieces[0]?.atSeconds).toBeGreaterThan(0.5);
    expect(pieces.filter(({ fadeOut }) => fadeOut)).toHaveLength(1);
  });

  test('that is made more slowly than it plays waits again, and fades at each gap', () => {
    const { pieces, states } = played(4000, (now) => now * 400);
    expect(states.slice(0, 4)).toEqual(['waiting', 'playing', 'waiting', 'playing']);
    expect(states.at(-1)).toBe('ended');
    for (const [index, piece] of pieces.entries()) {
      const before = pieces[index - 1];
      const gap = before && piece.atSeconds - before.atSeconds - (before.to - before.from) / RATE > 1e-6;
      if (gap) expect([before.fadeOut, piece.fadeIn]).toEqual([true, true]);
    }
  });

  test('that comes in chunks, each just too late, is not faded at each of them', () => {
    const { pieces } = played(6000, (now) => 60 * Math.floor(now / 0.1), 0.06);
    for (const [index, piece] of pieces.entries()) {
      const before = pieces[index - 1];
      if (!before?.fadeOut) continue;
      const silence = piece.atSeconds - before.atSeconds - (before.to - before.from) / RATE;
      expect(silence).toBeGreaterThan(0.04);
    }
    expect(pieces.filter(({ fadeOut }) => fadeOut).length).toBeLessThan(8);
  });

  test('begins on a whole sample, wherever the clock stands', () => {
    const schedule = new Schedule(22_050);
    const [piece] = schedule.plan(1.2345678, 22_050, true);
    expect((piece?.atSeconds ?? 0) * 22_050).toBeCloseTo(Math.ceil(1.2845678 * 22_050), 6);
  });

  test('shorter than a second plays when it is whole', () => {
    expect(played(300, (now) => now * 1000).states).toEqual(['waiting', 'playing', 'ended']);
  });
});

test('every sample is played once and in order, however it arrives and however often one looks', () => {
  const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 20 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 15 }), (steps, tick) => {
      const length = steps.reduce((sum, [size]) => sum + size, 0);
      const arrived = (now: number) => {
        let [at, sum] = [0, 0];
        for (const [size, wait] of steps) {
          at += wait / 10;
          if (at <= now) sum += size;
        }
        return sum;
      };
      const { pieces, schedule } = played(length, arrived, tick / 10);
      expect(schedule.state).toBe('ended');
      let next = 0;
      let due = 0;
      for (const { from, to, atSeconds } of pieces) {
        expect(from).toBe(next);
        expect(atSeconds).toBeGreaterThanOrEqual(due - 1e-9);
        next = to;
        due = atSeconds + (to - from) / RATE;
      }
      expect(next).toBe(length);
    }),
  );
});
