// Which kernels are fastest on this computer's GPU: found out, kept, switched on and off, forgotten.

import { Button } from '@mantine/core';
import table from '../../components/attention/DataTable.module.css';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { SettingsGroup, SwitchSetting } from '../../components/Settings.tsx';
import { chosen } from '../../measure/tuning.ts';
import type { Tuning, TuningStep } from '../../protocol/index.ts';
import { useWeft } from '../../state/store.ts';
import { useTuning as followTuning, forgetTuning, stopTuning, tune } from '../../state/tuning-commands.ts';
import styles from './BenchmarkPage.module.css';
import { milliseconds, share } from './results.ts';
import { UnderWay } from './UnderWay.tsx';

export function TuningCard() {
  const { kept, work } = useWeft((state) => state.tuning);
  const engine = useWeft((state) => state.engine);
  if (engine.state === 'ready' && engine.info.engine === 'reference') return null;
  const tuning = work.state === 'tuning';
  const steps = tuning ? work.steps : (kept?.steps ?? []);
  return (
    <Card title="Tune to this GPU" note={kept && !tuning ? `of ${dateOf(kept)}` : undefined}>
      <p className={styles.dim}>
        Several kernels compute a matrix product, and which is fastest depends on the GPU. They are timed
        here, one class of products after the other; training and sampling follow the fastest from then on.
        The measurements on this page are always those of the usual kernels, so that they can be compared.
      </p>
      {steps.length > 0 && <StepTable steps={steps} />}
      {kept && !tuning && <Kept kept={kept} />}
      {tuning ? (
        <UnderWay
          progress={work.progress}
          label="Share of the products timed"
          preparing="Opening the GPU"
          stop="Stop tuning"
          onStop={() => void stopTuning()}
        />
      ) : (
        <StartTuning again={kept !== null} />
      )}
      {work.state === 'failed' && (
        <p className={styles.bad} role="alert">
          {work.error.message}
        </p>
      )}
      {work.state === 'stopped' && (
        <p className={styles.dim}>
          {kept ? 'Stopped: what was found before stays.' : 'Stopped: nothing was kept.'}
        </p>
      )}
    </Card>
  );
}

function Kept({ kept }: { readonly kept: Tuning }) {
  const busy = useBusy();
  return (
    <>
      <p>{gainWords(kept.steps)}</p>
      <SettingsGroup title="Training and sampling" fixed={busy !== null}>
        <SwitchSetting
          name="take the fastest"
          explain="Off, what was found is kept, but training and sampling take the usual kernels."
          value={kept.on}
          onChange={(on) => void followTuning(on)}
        />
      </SettingsGroup>
    </>
  );
}

function StartTuning({ again }: { readonly again: boolean }) {
  const busy = useBusy();
  const ready = useWeft(({ engine }) => engine.state === 'ready');
  const trains = busy === 'training';
  return (
    <>
      {trains && (
        <p className={styles.dim}>
          A run trains on this GPU. Tuning pauses it; it goes on when you resume it.
        </p>
      )}
      <div className={styles.bar}>
        <Button disabled={!ready || (busy !== null && !trains)} onClick={() => void tune(trains)}>
          {trains ? 'Pause the run and tune' : again ? 'Tune again' : 'Tune'}
        </Button>
        {again && (
          <Button variant="subtle" disabled={busy !== null} onClick={() => void forgetTuning()}>
            Forget it
          </Button>
        )}
      </div>
    </>
  );
}

function StepTable({ steps }: { readonly steps: readonly TuningStep[] }) {
  return (
    <ScrollRegion name="Products, timed" className={styles.wide}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">
              product <span className={styles.shape}>M · N · K</span>
            </th>
            <th scope="col">in</th>
            <th scope="col">usual</th>
            <th scope="col">fastest</th>
            <th scope="col">saved</th>
            <th scope="col">by the kernel</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => {
            const { storage, product, shape, kernels, ms } = step;
            const best = chosen(step);
            const [usual = 0] = ms;
            return (
              <tr key={`${storage} ${product}`}>
                <th scope="row">
                  {product}
                  <span className={styles.shape}>{[shape.M, shape.N, shape.K].map(count).join(' · ')}</span>
                </th>
                <td>{storage === 'full' ? 'float32' : 'float16'}</td>
                <td>{milliseconds(usual)}</td>
                <td>{milliseconds(ms[best] ?? usual)}</td>
                <td>{best === 0 ? '–' : share(savedBy(step))}</td>
                <td>{best === 0 ? 'the usual' : kernels[best]}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** What there is in the way of a change; null where there is nothing. */
function useBusy(): 'training' | 'measuring' | null {
  const run = useWeft((state) => state.run.status.state);
  const measuring = useWeft(({ benchmark }) => benchmark.state === 'measuring');
  if (measuring || run === 'preparing' || run === 'recovering') return 'measuring';
  return run === 'training' ? 'training' : null;
}

function gainWords(steps: readonly TuningStep[]): string {
  const gained = steps.filter((step) => chosen(step) > 0);
  if (gained.length === 0) return 'No other kernel is clearly faster here than the usual one.';
  const most = share(Math.max(...gained.map(savedBy)));
  return `Another kernel than the usual one is faster for ${count(gained.length)} of ${count(steps.length)} classes, and saves up to ${most} of their time.`;
}

/** Share of the usual kernel's time. */
function savedBy(step: TuningStep): number {
  const [usual = 0] = step.ms;
  return usual > 0 ? 1 - (step.ms[chosen(step)] ?? usual) / usual : 0;
}

const dateOf = ({ measuredAtMs }: Tuning) =>
  new Date(measuredAtMs).toLocaleDateString('en', { day: 'numeric', month: 'short', year: 'numeric' });
