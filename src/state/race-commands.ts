// What a person can do about a race, and how it goes on by itself.

import { startWith } from './commands.ts';
import { raceOf } from './race.ts';
import { isActive } from './run.ts';
import { useWeft, type WeftState } from './store.ts';

const set = useWeft.setState;
const get = useWeft.getState;

/** Trains the patterns one after another, from the settings at hand. */
export async function startRace(): Promise<void> {
  const { settings, run } = get();
  const runs = raceOf(settings.run);
  if (isActive(run.status) || !runs[0]) return;
  set({ race: { runs, at: 0 } });
  const unsubscribe = useWeft.subscribe((now, before) => {
    if (now.race) goOn(now, before);
    else unsubscribe();
  });
  await startWith(runs[0]);
  // Without open data nothing has begun.
  if (!isActive(get().run.status)) set({ race: null });
}

/** The run under way becomes the last. */
export function endRace(): void {
  set({ race: null });
}

/** Starts the next run when one has finished; a run that ends otherwise ends the race. */
function goOn({ run, race }: WeftState, before: WeftState): void {
  if (!race || run.status === before.run.status || isActive(run.status)) return;
  const next = run.status.state === 'finished' ? race.runs[race.at + 1] : undefined;
  set({ race: next ? { ...race, at: race.at + 1 } : null });
  if (next) void startWith(next);
}
