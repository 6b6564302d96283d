// What to measure, how far it is, and what it is measured on.

import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { bytes, count, duration, short } from '../../components/format.ts';
import { NumberSetting, SettingsGroup, SwitchSetting } from '../../components/Settings.tsx';
import type { BenchmarkAbout, SurveyPart } from '../../protocol/index.ts';
import type { Measurement } from '../../state/benchmark.ts';
import { measure, stopMeasuring } from '../../state/benchmark-commands.ts';
import { useWeft } from '../../state/store.ts';
import styles from './BenchmarkPage.module.css';
import { measurementOf } from './results.ts';
import { UnderWay } from './UnderWay.tsx';

const parts: readonly (readonly [part: SurveyPart, name: string, explain: string])[] = [
  ['attention', 'attention', 'One layer of 4 heads, 64 features each: forward and backward, apart.'],
  [
    'train',
    'training step',
    'Forward, backward, clipping and Adam, of models of up to four million weights.',
  ],
  ['sample', 'sampling', 'Bytes drawn one after the other, over the cache of keys and values.'],
];

const stops = {
  hardware: [4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144],
  software: [64, 128, 256, 512],
};
const usual = { hardware: 65_536, software: 256 };

export function MeasureCard() {
  const slice = useWeft((state) => state.benchmark);
  const engine = useWeft((state) => state.engine);
  const info = engine.state === 'ready' ? engine.info : null;
  const speed = info?.software ? 'software' : 'hardware';
  const [chosen, setChosen] = useState<readonly SurveyPart[]>(parts.map(([part]) => part));
  const [wanted, setWanted] = useState<number | null>(null);
  const longest = wanted ?? usual[speed];
  const measuring = slice.state === 'measuring';
  const about = measurementOf(slice)?.about ?? null;
  const request = { parts: parts.map(([part]) => part).filter((part) => chosen.includes(part)), longest };
  return (
    <Card title="Measure this computer" className={styles.measure}>
      <SettingsGroup title="What" fixed={measuring}>
        {parts.map(([part, name, explain]) => (
          <SwitchSetting
            key={part}
            name={name}
            explain={explain}
            value={chosen.includes(part)}
            onChange={(on) => setChosen(on ? [...chosen, part] : chosen.filter((one) => one !== part))}
          />
        ))}
        <NumberSetting
          name="up to"
          explain="Attention is measured over lengths that double up to this one. What does not fit, or would take long, is left out."
          value={longest}
          min={stops[speed][0] ?? 64}
          max={2 ** 20}
          integer
          stops={stops[speed]}
          show={count}
          onChange={setWanted}
        />
      </SettingsGroup>
      {measuring ? (
        <Measuring measurement={slice.measurement} />
      ) : (
        <Start request={request} disabled={request.parts.length === 0} />
      )}
      <Outcome />
      {info?.engine === 'webgpu' && info.software && (
        <p className={styles.dim}>
          This browser computes without a graphics processor here. Sizes are small, and the times are those of
          a processor.
        </p>
      )}
      {about && <About about={about} />}
    </Card>
  );
}

interface StartProps {
  readonly request: Parameters<typeof measure>[0];
  readonly disabled: boolean;
}

function Start({ request, disabled }: StartProps) {
  const engine = useWeft((state) => state.engine);
  const run = useWeft((state) => state.run.status.state);
  const again = useWeft((state) => state.benchmark.state !== 'empty');
  if (engine.state === 'ready' && engine.info.engine === 'reference') {
    return <p className={styles.dim}>Measuring needs WebGPU, which this browser does not offer here.</p>;
  }
  const trains = run === 'training' || run === 'preparing' || run === 'recovering';
  return (
    <>
      {trains && (
        <p className={styles.dim}>
          A run trains on this GPU. Measuring waits until it is paused; it goes on when you resume it.
        </p>
      )}
      <Button
        variant="filled"
        disabled={disabled || engine.state !== 'ready' || run === 'preparing' || run === 'recovering'}
        onClick={() => void measure(request, trains)}
      >
        {trains ? 'Pause the run and measure' : again ? 'Measure again' : 'Measure'}
      </Button>
    </>
  );
}

function Measuring({ measurement: { progress, startedAtMs } }: { readonly measurement: Measurement }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <UnderWay
      progress={progress}
      label="Share of the measurements done"
      preparing="What the GPU can do at most"
      stop="Stop"
      onStop={() => void stopMeasuring()}
    >
      <p className={styles.dim}>{duration((now - startedAtMs) / 1000)} so far</p>
    </UnderWay>
  );
}

function Outcome() {
  const slice = useWeft((state) => state.benchmark);
  if (slice.state === 'failed') {
    return (
      <p className={styles.bad} role="alert">
        {slice.error.message}
      </p>
    );
  }
  if (slice.state !== 'done') return null;
  const { rows } = slice.measurement;
  const left = rows.filter((row) => 'skipped' in row).length;
  const rest = left === 0 ? '' : ` ${count(left)} could not be measured; the tables say why.`;
  return (
    <p className={styles.dim}>
      {slice.stopped && 'Stopped after '}
      {rows.length === 1 ? '1 measurement.' : `${count(rows.length)} measurements.`}
      {rest}
    </p>
  );
}

function About({ about: { adapter, ceilings } }: { readonly about: BenchmarkAbout }) {
  const facts: readonly (readonly [string, string])[] = [
    ['Adapter', [adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(', ')],
    ['Arithmetic, at most', `${short(ceilings.flopsPerSecond).replace(/([kMGTP]?)$/, ' $1FLOP/s')}`],
    ['Memory, at most', `${bytes(ceilings.bytesPerSecond)}/s`],
    ['Largest buffer', bytes(adapter.maxBindingBytes)],
    ['Features', adapter.features.join(', ')],
  ];
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
