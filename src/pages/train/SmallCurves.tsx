// The gradient's norm and the learning rate: small, since they matter when something looks wrong.

import { Card } from '../../components/Card.tsx';
import { setting } from '../../components/format.ts';
import { Sparkline } from '../../components/Sparkline.tsx';
import { useSlowly } from '../../components/useSlowly.ts';
import { drawn } from '../../state/curve.ts';
import type { RunRecord } from '../../state/run.ts';

const threeFigures = (value: number) => setting(Number(value.toPrecision(3)));

export function SmallCurves({ record }: { readonly record: RunRecord }) {
  const points = drawn(useSlowly(record, 400).curve);
  return (
    <Card title="How it goes">
      <Sparkline
        name="gradient norm"
        values={points.map(({ gradNorm }) => gradNorm)}
        show={(value) => value.toPrecision(3)}
      />
      <Sparkline
        name="learning rate"
        values={points.map(({ learningRate }) => learningRate)}
        show={threeFigures}
      />
    </Card>
  );
}
