// The page's state: one slice a file, changed by the engine's events here and by the person's commands in
// commands.ts. It holds what a person chose and sees; weights and data stay with the worker.

import { create } from 'zustand';
import type { Lifecycle } from '../client/client.ts';
import type { EngineEvent, RunConfig } from '../protocol/index.ts';
import { type BenchmarkSlice, benchmarkOnEvent, failBenchmark, initialBenchmark } from './benchmark.ts';
import { type DataSlice, dataOnEvent, initialData } from './data.ts';
import { type EngineSlice, engineOnEvent, initialEngine } from './engine.ts';
import { failWriting, type GenerationSlice, generationOnEvent, initialGeneration } from './generation.ts';
import { type InspectSlice, initialInspect, inspectOnEvent, inspectOnLoss } from './inspect.ts';
import { initialLibrary, type LibrarySlice, libraryOnEvent } from './library.ts';
import { initialNotices, type NoticesSlice, noticesOnEvent, withNotice } from './notices.ts';
import type { RaceSlice } from './race.ts';
import { initialRun, isActive, type RunSlice, runOnEvent } from './run.ts';
import { initialSettings, type SettingsSlice } from './settings.ts';
import { failMeasuring, initialSurprise, type SurpriseSlice, surpriseOnEvent } from './surprise.ts';
import { initialTour, type TourSlice } from './tour.ts';
import { failTuning, initialTuning, type TuningSlice, tuningOnEvent } from './tuning.ts';
import { initialUpload, type UploadSlice } from './upload.ts';
import { initialWatching, type WatchingSlice, watchingOnEvent } from './watching.ts';

export interface WeftState {
  readonly engine: EngineSlice;
  readonly data: DataSlice;
  readonly settings: SettingsSlice;
  /** Settings of the person's own that data of another medium has put aside. */
  readonly replaced: RunConfig | null;
  readonly run: RunSlice;
  /** Null while there is none. */
  readonly race: RaceSlice | null;
  readonly library: LibrarySlice;
  readonly upload: UploadSlice;
  readonly generation: GenerationSlice;
  readonly benchmark: BenchmarkSlice;
  readonly tuning: TuningSlice;
  readonly surprise: SurpriseSlice;
  readonly watching: WatchingSlice;
  readonly inspect: InspectSlice;
  readonly notices: NoticesSlice;
  readonly tour: TourSlice;
}

export const initialState: WeftState = {
  engine: initialEngine,
  data: initialData,
  settings: initialSettings,
  replaced: null,
  run: initialRun,
  race: null,
  library: initialLibrary,
  upload: initialUpload,
  generation: initialGeneration,
  benchmark: initialBenchmark,
  tuning: initialTuning,
  surprise: initialSurprise,
  watching: initialWatching,
  inspect: initialInspect,
  notices: initialNotices,
  tour: initialTour,
};

export const useWeft = create<WeftState>()(() => initialState);

export const SAVED_IS_SAFE = 'What was saved in this browser is safe.';

/** What an event of the engine makes of the state; slices that it does not concern stay the same object. */
export function onEvent(state: WeftState, event: EngineEvent): WeftState {
  if (event.type === 'heartbeat') return state;
  return {
    ...state,
    engine: engineOnEvent(state.engine, event),
    data: dataOnEvent(state.data, event),
    run: runOnEvent(state.run, event),
    library: libraryOnEvent(state.library, event),
    generation: generationOnEvent(state.generation, event),
    benchmark: benchmarkOnEvent(state.benchmark, event),
    tuning: tuningOnEvent(state.tuning, event),
    surprise: surpriseOnEvent(state.surprise, event),
    watching: watchingOnEvent(state.watching, event),
    inspect: inspectOnEvent(state.inspect, event),
    notices: noticesOnEvent(state.notices, event),
  };
}

/** What the engine's coming and going makes of the state: all that lived in a lost worker is gone. */
export function onLifecycle(state: WeftState, lifecycle: Lifecycle): WeftState {
  const next = { ...state, engine: lifecycle };
  if (lifecycle.state !== 'lost') return next;
  const { error, restarting } = lifecycle;
  const { run, generation, benchmark, surprise, library } = state;
  return {
    ...next,
    run: isActive(run.status) ? { ...run, status: { state: 'failed', error } } : run,
    generation:
      generation.state === 'writing' ? failWriting(generation, generation.writing.id, error) : generation,
    benchmark:
      benchmark.state === 'measuring' ? failBenchmark(benchmark, benchmark.measurement.id, error) : benchmark,
    tuning: failTuning(state.tuning, error),
    surprise: surprise.state === 'measuring' ? failMeasuring(surprise, surprise.writing, error) : surprise,
    library: { ...library, model: null },
    inspect: inspectOnLoss(state.inspect, error),
    // While the engine stays away, the page says so itself, with the button that starts it again.
    notices: restarting
      ? withNotice(state.notices, 'warning', `${error.message} It was started again. ${SAVED_IS_SAFE}`)
      : state.notices.filter(({ message }) => !message.startsWith(error.message)),
  };
}
