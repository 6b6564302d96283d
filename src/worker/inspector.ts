// Looking into the present model: its attention and its surprise on an input, one question of each kind at a time, the
// newest of those that wait. It takes turns with training and writing.

import { itemBytes, type Medium } from '../data/medium.ts';
import { splitParts } from '../data/split.ts';
import { Failure } from '../lib/errors.ts';
import type { Mutex } from '../lib/mutex.ts';
import { mapsProblem, rowsProblem } from '../model/attention.ts';
import type { Engine } from '../model/engine.ts';
import type {
  AttentionMaps,
  AttentionRow,
  AttentionRowsRequest,
  EngineApi,
  EngineEvent,
  InspectInput,
  Inspection,
  MapRequest,
  Result,
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
    this.#inspecting.abort();
    this.#mapping.abort();
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
      const maps = await engine.attentionMaps({
        ...{ windows, layers, cells, signal },
        onProgress: (share) => this.#options.emit({ type: 'inspecting', share }),
      });
      const padded = new Uint8Array(config.contextLength);
      padded.set(first);
      const losses = await engine.losses(padded);
      const bits = losses.subarray(0, first.length).map((nats) => nats / Math.LN2);
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

  attentionRows(request: AttentionRowsRequest): Promise<Result<readonly AttentionRow[]>> {
    return this.#onEngine(undefined, async (engine) => {
      refuse(rowsProblem(request, engine.config));
      return engine.attentionRows(request);
    });
  }

  /** Runs work on the model's engine, between others' work; once more on a new device where that was lost. */
  #onEngine<T>(
    signal: AbortSignal | undefined,
    work: (engine: Engine, model: HeldModel) => Promise<T>,
  ): Promise<Result<T>> {
    const cancelled = () => new Failure('cancelled', 'Looking inside was stopped.');
    const attempt = async () => {
      if (signal?.aborted) throw cancelled();
      const model = this.#options.model();
      try {
        return await work(await model.engine(), model);
      } catch (error) {
        if (!isDeviceLost(error)) throw error;
        const options = { signal: signal ?? new AbortController().signal, onAttempt: () => {} };
        if (!(await model.recover(options))) throw cancelled();
        return work(await model.engine(), model);
      }
    };
    return resultOf(() => this.#options.engineLock.run(attempt));
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

function refuse(problem: string | undefined): void {
  if (problem) throw new Failure('bad-input', problem);
}
