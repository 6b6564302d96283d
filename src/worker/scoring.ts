// The surprise of bytes that the person asked about: one request at a time, until it is measured or stopped.

import { itemBytes } from '../data/medium.ts';
import { Failure } from '../lib/errors.ts';
import type { EngineEvent } from '../protocol/index.ts';
import { surprise } from '../train/surprise.ts';
import { isDeviceLost } from './errors.ts';
import type { HeldModel } from './held-model.ts';

const MAX_BYTES = 2 ** 22;

export class Scoring {
  readonly #bytes: Uint8Array;
  readonly #emit: (event: EngineEvent) => void;
  readonly #stop = new AbortController();

  /** Throws a `Failure` 'bad-input' for more bytes than can be measured at once. */
  constructor(bytes: Uint8Array, emit: (event: EngineEvent) => void) {
    if (bytes.length > MAX_BYTES) {
      throw new Failure('bad-input', `At most ${MAX_BYTES / 2 ** 20} MiB can be measured at once.`);
    }
    this.#bytes = bytes;
    this.#emit = emit;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Bits of each byte. Throws a `Failure` 'cancelled' when stopped. */
  async run(model: HeldModel): Promise<Float32Array> {
    try {
      return await this.#measure(model);
    } catch (error) {
      if (!isDeviceLost(error)) throw error;
      if (!(await model.recoverFor(this.#emit, this.#stop.signal))) throw stopped();
      return this.#measure(model);
    }
  }

  async #measure(model: HeldModel): Promise<Float32Array> {
    const { signal } = this.#stop;
    if (signal.aborted) throw stopped();
    const bits = await surprise(await model.engine(), this.#bytes, {
      itemBytes: itemBytes(model.medium),
      until: () => signal.aborted,
      onProgress: (share) => this.#emit({ type: 'surprise', share }),
    });
    if (!bits) throw stopped();
    return bits;
  }
}

export const stopped = () => new Failure('cancelled', 'Measuring was stopped.');
