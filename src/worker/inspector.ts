// Looking into the present model: its attention and its surprise on an input, one question of each kind at a time, the
// newest of those that wait. It takes turns with training and writing.

import { itemBytes, type Medium } from '../data/medium.ts';
import { splitParts } from '../data/split.ts';
import { breather } from '../lib/breathe.ts';
import { Failure } from '../lib/errors.ts';
import type { Mutex } from '../lib/mutex.ts';
import { mapsProblem, meanRow, rowsProblem } from '../model/attention.ts';
import type { Engine } from '../model/engine.ts';
import type {
  AttentionMaps,
  AttentionRow,
  EngineApi,
  EngineEvent,
  InspectInput,
  Inspection,
  MapRequest,
  Result,
  RowsRequest,
  Watch,
} from '../protocol/index.ts';
import { isDeviceLost, resultOf } from './errors.ts';
import type { HeldModel } from './held-model.ts';

/** Most windows of a mean: beyond, it hardly changes. */
const MAX_WINDOWS = 256;

export interface InspectorOptions {
  /** The present model; throws where there is none. */
  readonly model: () => HeldModel;
  /** The data of the run, or the open one, where it is of this medium. */
  readonly data: (medium: Medium) => Uint8Array | undefined;
  /** Held while the engine works. */
  readonly engineLock: Mutex;
  readonly emit: (event: EngineEvent) => void;
}

/** The windows that an input stands for, and how many there are of held-out data. */
interface Windows {
  readonly first: Uint8Array;
  readonly windows: readonly Uint8Array[];
  readonly heldOutWindows: number;
}

/** The worker's calls that this part answers. */
export type InspectorApi = Pick<
  EngineApi,
  'watchAttention' | 'inspect' | 'attentionMap' | 'attentionRows' | 'stopInspecting'
>;

export class Inspector implements InspectorApi {
  readonly #options: InspectorOptions;
  #inspecting = new AbortController();
  #mapping = new AbortController();
  #reading = new AbortController();
  #watching: Watch | null = null;

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  /** Whose attention is sent along while the model writes. */
  get watching(): Watch | null {
    return this.#watching;
  }

  watchAttention(watch: Watch | null): Promise<Result<void>> {
    return resultOf(async () => {
      this.#watching = watch;
    });
  }

  /** Ends what is under way. */
  stop(): void {
    for (const work of [this.#inspecting, this.#mapping, this.#reading]) work.abort();
  }

  stopInspecting(): Promise<Result<void>> {
    return resultOf(async () => this.stop());
  }

  inspect(input: InspectInput, cells: number): Promise<Result<Inspection>> {
    this.#inspecting.abort();
    this.#inspecting = new AbortController();
    const { signal } = this.#inspecting;
    return this.#onEngine(signal, async (engine, model) => {
      const { config } = engine;
      const { first, windows, heldOutWindows } = this.#windowsOf(input, model);
      const layers = Array.from({ length: config.nLayer }, (_, layer) => layer);
      refuse(mapsProblem({ windows, layers, cells }, config));
      const { step } = model.info;
      // The bits take about as long as the picture of a layer.
      const tell = (layersDone: number) =>
        this.#options.emit({ type: 'inspecting', share: layersDone / (config.nLayer + 1) });
      const maps = await engine.attentionMaps({
        ...{ windows, layers, cells, signal },
        onProgress: (share) => tell(share * config.nLayer),
      });
      const bits = await meanBits(engine, windows, signal, (share) => tell(config.nLayer + share));
      return { tokens: first.slice(), bits, maps, windows: windows.length, heldOutWindows, step };
    });
  }

  attentionMap({ input, layer, ...part }: MapRequest): Promise<Result<AttentionMaps>> {
    this.#mapping.abort();
    this.#mapping = new AbortController();
    const { signal } = this.#mapping;
    return this.#onEngine(signal, async (engine, model) => {
      const { windows } = this.#windowsOf(input, model);
      const request = { windows, layers: [layer], ...part, signal };
      refuse(mapsProblem(request, engine.config));
      return engine.attentionMaps(request);
    });
  }

  attentionRows({ input, ...wanted }: RowsRequest): Promise<Result<readonly AttentionRow[]>> {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    return this.#onEngine(signal, async (engine, model) => {
      const { windows } = this.#windowsOf(input, model);
      const read: (readonly AttentionRow[])[] = [];
      const breathe = breather();
      for (const tokens of windows) {
        checkWanted(signal);
        refuse(rowsProblem({ tokens, ...wanted }, engine.config));
        read.push(await engine.attentionRows({ tokens, ...wanted }));
        await breathe();
      }
      const [rows = []] = read;
      if (read.length < 2) return rows;
      return rows.map((row, index) => ({
        ...meanRow(read.flatMap((each) => each[index] ?? [])),
        head: row.head,
      }));
    });
  }

  /** Runs work on the model's engine, between others' work; once more on a new device where that was lost. */
  #onEngine<T>(
    signal: AbortSignal,
    work: (engine: Engine, model: HeldModel) => Promise<T>,
  ): Promise<Result<T>> {
    const attempt = async () => {
      const model = this.#options.model();
      try {
        return await work(await model.engine(), model);
      } catch (error) {
        if (!isDeviceLost(error)) throw error;
        if (!(await model.recoverFor(this.#options.emit, signal))) throw cancelled();
        return work(await model.engine(), model);
      }
    };
    return resultOf(async () => {
      const answer = await this.#options.engineLock.runUnless(signal, async () => ({
        value: await attempt(),
      }));
      if (!answer) throw cancelled();
      return answer.value;
    });
  }

  #windowsOf(input: InspectInput, { config, medium }: HeldModel): Windows {
    const data = this.#options.data(medium);
    const heldOut = data ? splitParts(data, itemBytes(medium)).val : new Uint8Array();
    // Windows of equal length, side by side; of less data than one, all there is.
    const length = Math.min(windowBytes(medium, config.contextLength), heldOut.length);
    const count = length === 0 ? 0 : Math.floor(heldOut.length / length);
    const windowAt = (index: number) => heldOut.subarray(index * length, (index + 1) * length);
    if (input.kind === 'bytes') {
      if (input.bytes.length === 0) throw new Failure('bad-input', 'There is nothing to look at yet.');
      return { first: input.bytes, windows: [input.bytes], heldOutWindows: count };
    }
    if (count === 0) {
      throw new Failure(
        'not-found',
        'The data of this model is not at hand. Open its file on the Train page, or look at a text of your own.',
      );
    }
    if (input.kind === 'heldOut') {
      const window = windowAt(Math.min(Math.max(0, input.window), count - 1));
      return { first: window, windows: [window], heldOutWindows: count };
    }
    const wanted = Math.max(1, Math.min(input.windows, count, MAX_WINDOWS));
    const windows = Array.from({ length: wanted }, (_, i) => windowAt(Math.floor((i * count) / wanted)));
    return { first: windowAt(0), windows, heldOutWindows: count };
  }
}

/** Bytes of a window: as many whole items as the model sees at once, or a part of one. */
function windowBytes(medium: Medium, contextLength: number): number {
  const item = itemBytes(medium);
  return Math.max(Math.min(item, contextLength), Math.floor(contextLength / item) * item);
}

/** Bits of surprise at each position: the mean over windows of one length. */
async function meanBits(
  engine: Engine,
  windows: readonly Uint8Array[],
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Float32Array> {
  const { contextLength } = engine.config;
  const nats = new Float64Array(windows[0]?.length ?? 0);
  const breathe = breather();
  for (const [done, window] of windows.entries()) {
    checkWanted(signal);
    const padded = new Uint8Array(contextLength);
    padded.set(window);
    const losses = await engine.losses(padded);
    for (let at = 0; at < nats.length; at++) nats[at] = (nats[at] ?? 0) + (losses[at] ?? 0);
    onProgress((done + 1) / windows.length);
    // Lets a wish to stop arrive.
    await breathe();
  }
  return Float32Array.from(nats, (sum) => sum / windows.length / Math.LN2);
}

const cancelled = () => new Failure('cancelled', 'Looking inside was stopped.');

function checkWanted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}

function refuse(problem: string | undefined): void {
  if (problem) throw new Failure('bad-input', problem);
}
