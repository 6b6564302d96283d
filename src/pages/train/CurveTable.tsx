// The curve as a table: for screen readers, and for whoever wants the numbers.

import { bits, count, duration, setting } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { type Curve, drawn } from '../../state/curve.ts';
import type { TimedEvaluation } from '../../state/run.ts';
import styles from './CurveCard.module.css';

interface CurveTableProps {
  readonly curve: Curve;
  readonly evaluations: readonly TimedEvaluation[];
}

const ROWS = 40;

export function CurveTable({ curve, evaluations }: CurveTableProps) {
  const points = drawn(curve);
  const every = Math.max(1, Math.ceil(points.length / ROWS));
  const rows = points.filter((_, index) => (points.length - 1 - index) % every === 0);
  return (
    <ScrollRegion name="The curve as a table" className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">time</th>
            <th scope="col">learning</th>
            <th scope="col">held out</th>
            <th scope="col">gradient norm</th>
            <th scope="col">learning rate</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((point) => (
            <tr key={point.step}>
              <td>{count(point.step)}</td>
              <td>{duration(point.seconds)}</td>
              <td>{bits(point.bitsPerByte)}</td>
              <td>{bits(evaluations.findLast(({ step }) => step <= point.step)?.bitsPerByte) ?? '–'}</td>
              <td>{point.gradNorm.toPrecision(3)}</td>
              <td>{setting(Number(point.learningRate.toPrecision(3)))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
