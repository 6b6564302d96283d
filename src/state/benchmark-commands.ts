// What a person can do on the Benchmark page.

import type { BenchmarkRequest } from '../protocol/index.ts';
import { engine, orTell } from './asking.ts';
import { beginBenchmark, failBenchmark } from './benchmark.ts';
import { useWeft } from './store.ts';

let measurements = 0;
/** The measurement that the engine knows of. */
let asked = 0;

const set = useWeft.setState;

/** Measures the GPU. A run that trains is paused first, where the person has agreed to that. */
export async function measure(request: BenchmarkRequest, pauses: boolean): Promise<void> {
  if (useWeft.getState().benchmark.state === 'measuring') return;
  const id = ++measurements;
  set({ benchmark: beginBenchmark(id, request, Date.now()) });
  const paused = pauses ? await engine().call('pauseRun') : null;
  // It may have been stopped while the run came to its pause.
  const { benchmark } = useWeft.getState();
  if (benchmark.state !== 'measuring' || benchmark.measurement.id !== id) return;
  asked = id;
  const answer = paused?.ok === false ? paused : await engine().call('benchmark', id, request);
  if (!answer.ok) set(({ benchmark }) => ({ benchmark: failBenchmark(benchmark, id, answer.error) }));
}

export async function stopMeasuring(): Promise<void> {
  const { benchmark } = useWeft.getState();
  if (benchmark.state === 'measuring' && benchmark.measurement.id !== asked) {
    set({ benchmark: { state: 'done', measurement: benchmark.measurement, stopped: true } });
    return;
  }
  orTell(await engine().call('stopBenchmark'));
}
