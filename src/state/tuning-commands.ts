// What a person can do about the kernels' tuning.

import { engine, orTell } from './asking.ts';
import { useWeft } from './store.ts';
import { beginTuning, failTuning } from './tuning.ts';

let tunings = 0;
/** The tuning that the engine knows of. */
let asked = 0;

const set = useWeft.setState;

/** Measures which kernels are fastest. A run that trains is paused first, where the person has agreed to that. */
export async function tune(pauses: boolean): Promise<void> {
  if (useWeft.getState().tuning.work.state === 'tuning') return;
  const id = ++tunings;
  set(({ tuning }) => ({ tuning: beginTuning(tuning, id) }));
  const paused = pauses ? await engine().call('pauseRun') : null;
  // It may have been stopped while the run came to its pause.
  const { work } = useWeft.getState().tuning;
  if (work.state !== 'tuning' || work.id !== id) return;
  asked = id;
  const answer = paused?.ok === false ? paused : await engine().call('tune', id);
  if (!answer.ok) set(({ tuning }) => ({ tuning: failTuning(tuning, answer.error, id) }));
}

export async function stopTuning(): Promise<void> {
  const { work } = useWeft.getState().tuning;
  if (work.state === 'tuning' && work.id !== asked) {
    set(({ tuning }) => ({ tuning: { ...tuning, work: { state: 'stopped' } } }));
    return;
  }
  orTell(await engine().call('stopTuning'));
}

export async function useTuning(on: boolean): Promise<void> {
  orTell(await engine().call('useTuning', on));
}

export async function forgetTuning(): Promise<void> {
  orTell(await engine().call('forgetTuning'));
}
