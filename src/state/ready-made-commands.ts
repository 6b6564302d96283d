// Opening the models that come with the page, as src/state/commands.ts opens a person's own.

import { fetched } from '../lib/fetched.ts';
import { tell } from './asking.ts';
import { importWeights } from './commands.ts';
import { generate } from './generate-commands.ts';
import { addressOf, firstModel, type ReadyMade, readyMade } from './ready-made.ts';
import { requestFor } from './request.ts';
import { useWeft, type WeftState } from './store.ts';

const set = useWeft.setState;
const get = useWeft.getState;

/** The fetch that is under way. */
let fetching: AbortController | null = null;

/** Fetches a model and makes it the one at hand, unless another one or a run has come in between. */
export async function openReadyMade(model: ReadyMade): Promise<boolean> {
  stopOpeningReadyMade();
  const mine = new AbortController();
  fetching = mine;
  const before = get();
  const show = (receivedBytes: number) => {
    if (fetching === mine)
      set(({ library }) => ({ library: { ...library, arriving: { model, receivedBytes } } }));
  };
  show(0);
  try {
    const content = await fetched(addressOf(model), { signal: mine.signal, onProgress: show });
    const { library, run } = get();
    const overtaken =
      library.model !== before.library.model || run.record?.setup.config !== before.run.record?.setup.config;
    return !overtaken && (await importWeights(new File([content], model.name)));
  } catch {
    if (!mine.signal.aborted) {
      tell({
        code: 'not-found',
        message: `“${model.name}” could not be fetched. Everything else works without it; try again when this computer is online.`,
      });
    }
    return false;
  } finally {
    if (fetching === mine) {
      fetching = null;
      set(({ library }) => ({ library: { ...library, arriving: null } }));
    }
  }
}

export function stopOpeningReadyMade(): void {
  fetching?.abort();
  fetching = null;
  set(({ library }) => ({ library: { ...library, arriving: null } }));
}

/** Opens a model and lets it make something. */
export async function generateWith(model: ReadyMade): Promise<void> {
  if (!(await openReadyMade(model))) return;
  const { library, settings, upload } = get();
  if (library.model) await generate(requestFor(settings.generate, library.model.medium, upload));
}

/** Whether a newcomer should see a model at work: on a graphics processor, and as long as nothing else was begun. */
export function awaitsGreeting({ engine, library, run, generation }: WeftState): boolean {
  const swift = engine.state === 'ready' && engine.info.engine === 'webgpu' && !engine.info.software;
  const untouched = library.model === null && run.status.state === 'idle' && generation.state === 'empty';
  return swift && untouched && library.listed && library.runs.length === 0 && !library.greeted;
}

/** Shows a newcomer a model at work, once. */
export async function greet(): Promise<void> {
  if (!firstModel || !awaitsGreeting(get())) return;
  set(({ library }) => ({ library: { ...library, greeted: true } }));
  await generateWith(firstModel);
}

/** For a list of these models: which there are, the one that is on its way, and how that is stopped. */
export function useReadyMade() {
  const arriving = useWeft((state) => state.library.arriving);
  return { models: readyMade, arriving, onStop: stopOpeningReadyMade };
}
