// A training curve of bounded size. Every stored point is the mean of `every` steps; when the points are full,
// neighbours are merged and `every` doubles, so a run of any length keeps its whole shape in a few hundred points.

import type { StepEvent } from '../protocol/index.ts';

interface CurvePoint {
  /** Steps done: an event names a step by its index, one less. */
  readonly step: number;
  /** Seconds of training at that step, pauses left out. */
  readonly seconds: number;
  readonly bitsPerByte: number;
  readonly gradNorm: number;
  readonly learningRate: number;
}

export interface Curve {
  /** Steps in one stored point. */
  readonly every: number;
  readonly points: readonly CurvePoint[];
  /** The point being gathered: the mean so far, of `gathered` steps. */
  readonly open: CurvePoint | null;
  readonly gathered: number;
}

export const MAX_POINTS = 480;

export const emptyCurve: Curve = { every: 1, points: [], open: null, gathered: 0 };

/** The mean of two points that stand for `a` and `b` steps, at the place of the later one. */
function merged(first: CurvePoint, a: number, second: CurvePoint, b: number): CurvePoint {
  const mean = (x: number, y: number) => {
    // A step whose loss was not finite must not swallow its neighbours.
    if (!Number.isFinite(x)) return y;
    if (!Number.isFinite(y)) return x;
    return (x * a + y * b) / (a + b);
  };
  return {
    step: second.step,
    seconds: second.seconds,
    bitsPerByte: mean(first.bitsPerByte, second.bitsPerByte),
    gradNorm: mean(first.gradNorm, second.gradNorm),
    learningRate: second.learningRate,
  };
}

function halved(points: readonly CurvePoint[]): CurvePoint[] {
  const half: CurvePoint[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [first, second] = [points[i], points[i + 1]];
    if (first) half.push(second ? merged(first, 1, second, 1) : first);
  }
  return half;
}

/** The curve without the steps from `step` on: a run that goes on from a checkpoint repeats them. */
function cutAt(curve: Curve, step: number): Curve {
  const last = curve.open ?? curve.points.at(-1);
  if (!last || last.step < step) return curve;
  return {
    every: curve.every,
    points: curve.points.filter((point) => point.step < step),
    open: null,
    gathered: 0,
  };
}

export function extended(curve: Curve, steps: readonly StepEvent[]): Curve {
  const first = steps[0];
  if (!first) return curve;
  const start = cutAt(curve, first.step + 1);
  let { every, open, gathered } = start;
  let points = [...start.points];
  for (const { step, seconds, bitsPerByte, gradNorm, learningRate } of steps) {
    const point = { step: step + 1, seconds, bitsPerByte, gradNorm, learningRate };
    open = open ? merged(open, gathered, point, 1) : point;
    gathered++;
    if (gathered < every) continue;
    points.push(open);
    open = null;
    gathered = 0;
    if (points.length >= MAX_POINTS) {
      points = halved(points);
      every *= 2;
    }
  }
  return { every, points, open, gathered };
}

/** All points, the one being gathered included. */
export function drawn(curve: Curve): readonly CurvePoint[] {
  return curve.open ? [...curve.points, curve.open] : curve.points;
}
