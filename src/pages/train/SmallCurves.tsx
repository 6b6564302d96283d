// The gradient's norm and the learning rate: small, since they matter when something looks wrong.

import { Card } from '../../components/Card.tsx';
import { setting } from '../../components/format.ts';
import { Sparkline } from '../../components/Sparkline.tsx';
import { drawn, emptyCurve } from '../../state/curve.ts';
import type { WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';

const threeFigures = (value: number) => setting(Number(value.toPrecision(3)));

const curveOf = (state: WeftState) => state.run.record?.curve ?? emptyCurve;

export function SmallCurves() {
  const points = drawn(useSlowly(curveOf, 400));
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
