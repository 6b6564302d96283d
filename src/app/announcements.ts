// What is worth saying aloud when the state changes; the rest can be looked up on the page.

import { bits, count } from '../components/format.ts';
import { wordsOf } from '../components/medium.ts';
import type { RunStatus } from '../protocol/index.ts';
import type { BenchmarkSlice } from '../state/benchmark.ts';
import { drawn } from '../state/generation.ts';
import type { WeftState } from '../state/store.ts';

function statusWords(status: RunStatus): string | null {
  switch (status.state) {
    case 'idle':
      return 'The run has stopped.';
    case 'preparing':
      return `Preparing: ${status.what}.`;
    case 'training':
      return 'Training.';
    case 'paused':
      return 'Training is paused.';
    case 'recovering':
      return `Recovering: ${status.what}`;
    case 'finished':
      return 'Training has finished.';
    case 'failed':
      return status.error.message;
  }
}

export function announcementOf(now: WeftState, before: WeftState): string | null {
  const notice = now.notices.at(-1);
  if (notice && notice !== before.notices.at(-1) && now.notices.length >= before.notices.length) {
    return notice.message;
  }
  if (now.engine.state === 'lost' && !now.engine.restarting && now.engine !== before.engine) {
    return now.engine.error.message;
  }
  if (now.data !== before.data) {
    if (now.data.state === 'refused') return now.data.error.message;
    if (now.data.state === 'open') return `${now.data.info.name} is open.`;
  }
  if (now.run.status.state !== before.run.status.state) return statusWords(now.run.status);
  const evaluation = now.run.record?.evaluations.at(-1);
  if (evaluation && evaluation !== before.run.record?.evaluations.at(-1)) {
    const unit = wordsOf(now.run.record?.setup.config.medium.kind ?? 'text').unit;
    return `Step ${count(evaluation.step)}: ${bits(evaluation.bitsPerByte)} bits per ${unit}, held out.`;
  }
  if (now.surprise.state === 'measured' && before.surprise.state === 'measuring')
    return 'Surprise is measured.';
  if (now.generation.state !== before.generation.state) {
    if (now.generation.state === 'writing') return 'Writing.';
    if (now.generation.state === 'done') return `${count(drawn(now.generation.writing).all)} bytes written.`;
    if (now.generation.state === 'failed') return now.generation.error.message;
  }
  return benchmarkWords(now.benchmark, before.benchmark);
}

function benchmarkWords(now: BenchmarkSlice, before: BenchmarkSlice): string | null {
  if (now.state === before.state) return null;
  if (now.state === 'measuring') return 'Measuring.';
  if (now.state === 'failed') return now.error.message;
  if (now.state === 'done')
    return `${now.stopped ? 'Stopped' : 'Measured'}: ${count(now.measurement.rows.length)} rows.`;
  return null;
}
