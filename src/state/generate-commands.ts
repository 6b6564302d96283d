// What a person can do on the Generate page, as src/state/commands.ts does about runs.

import type { GenerateRequest, Medium } from '../protocol/index.ts';
import { engine, orTell } from './asking.ts';
import { beginWriting, failWriting, sampleBytes, showItem } from './generation.ts';
import { requestFor } from './request.ts';
import { useWeft } from './store.ts';
import { beginMeasuring, failMeasuring, initialSurprise, withBits } from './surprise.ts';
import { FIRST_KEEP, initialUpload } from './upload.ts';

type ImageMedium = Extract<Medium, { kind: 'image' }>;

/** Counts what is shown. */
let generations = 0;
/** Counts items that were uploaded: one that is read takes long, and may come after a newer one. */
let uploads = 0;

const set = useWeft.setState;
const get = useWeft.getState;

export async function generate(request: GenerateRequest): Promise<void> {
  const { library } = get();
  const id = ++generations;
  await stopMeasuring();
  set({ generation: beginWriting(id, request, library.model?.medium), surprise: initialSurprise });
  const answer = await engine().call('generate', id, request);
  if (!answer.ok) set(({ generation }) => ({ generation: failWriting(generation, id, answer.error) }));
}

export async function stopGenerating(): Promise<void> {
  orTell(await engine().call('stopGenerating'));
}

/** Reads a file as an item for the model at hand. */
export async function uploadItem(file: File): Promise<void> {
  const medium = get().library.model?.medium;
  if (!medium) return;
  const { name } = file;
  const mine = ++uploads;
  set({ upload: { state: 'reading', name } });
  const answer = await engine().call('readItem', file, medium);
  if (mine !== uploads) return;
  set({
    upload: answer.ok
      ? { state: 'ready', name, bytes: answer.value, medium, keep: FIRST_KEEP }
      : { state: 'refused', name, error: answer.error },
  });
}

/** Lets the model go on below the last row of a picture that was drawn here. */
export async function finishDrawing(bytes: Uint8Array, rows: number, medium: ImageMedium): Promise<void> {
  const upload = { state: 'ready', name: 'your drawing', bytes, medium, keep: rows / medium.height } as const;
  uploads += 1;
  set({ upload });
  await generate(requestFor(get().settings.generate, medium, upload));
}

export function keepOfUpload(keep: number): void {
  set(({ upload }) => (upload.state === 'ready' ? { upload: { ...upload, keep } } : {}));
}

export function removeUpload(): void {
  uploads += 1;
  set({ upload: initialUpload });
}

/** Shows the whole uploaded item in the place of what was generated, and measures it. */
export async function measureUpload(): Promise<void> {
  const { upload, generation } = get();
  if (upload.state !== 'ready' || generation.state === 'writing') return;
  set({ generation: showItem(++generations, upload.bytes, upload.medium), surprise: initialSurprise });
  await measure();
}

/** Measures the surprise of what is shown, sample by sample. */
export async function measure(): Promise<void> {
  const { generation } = get();
  if (generation.state === 'empty' || generation.state === 'writing') return;
  const { id, samples } = generation.writing;
  set({ surprise: beginMeasuring(id, samples.length) });
  for (const sample of samples) {
    const answer = await engine().call('surprise', sampleBytes(sample));
    if (!answer.ok) {
      set(({ surprise }) => ({ surprise: failMeasuring(surprise, id, answer.error) }));
      return;
    }
    set(({ surprise }) => ({ surprise: withBits(surprise, id, answer.value) }));
  }
}

export async function stopMeasuring(): Promise<void> {
  if (get().surprise.state === 'measuring') orTell(await engine().call('stopSurprise'));
}
