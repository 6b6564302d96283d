// What the person asked the model for: one request at a time, the newest of those that wait, each until it is done or
// stopped.

import { itemBytes, type Medium } from '../data/medium.ts';
import { breather } from '../lib/breathe.ts';
import { Failure } from '../lib/errors.ts';
import type { ModelConfig } from '../model/config.ts';
import type { EngineEvent, GenerateRequest, Watch } from '../protocol/index.ts';
import { type AttentionWatcher, generate } from '../sample/generate.ts';
import { isDeviceLost } from './errors.ts';
import type { HeldModel } from './held-model.ts';

const MAX_LENGTH = 2 ** 20;
export const MAX_SAMPLES = 16;

/** Throws a `Failure` 'bad-input' for numbers that make no sense. */
export function checkRequest(request: GenerateRequest): void {
  const { prompt, samples, length, temperature, topK, topP, seed } = request;
  const problems: [isGood: boolean, problem: string][] = [
    [prompt.length <= MAX_LENGTH, `The beginning may have ${MAX_LENGTH} bytes at most.`],
    [
      Number.isInteger(samples) && samples >= 1 && samples <= MAX_SAMPLES,
      `There can be 1 to ${MAX_SAMPLES} samples at once.`,
    ],
    [
      Number.isInteger(length) && length >= 1 && length <= MAX_LENGTH,
      `Length must be from 1 to ${MAX_LENGTH}.`,
    ],
    [temperature >= 0 && temperature <= 100, 'Temperature must be from 0 to 100.'],
    [Number.isInteger(topK) && topK >= 0 && topK <= 256, 'Top-k must be from 0 to 256.'],
    [topP > 0 && topP <= 1, 'Top-p must be above 0 and at most 1.'],
    [
      Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32,
      'The seed must be a whole number below 4294967296.',
    ],
  ];
  const wrong = problems.find(([isGood]) => !isGood);
  if (wrong) throw new Failure('bad-input', wrong[1]);
}

/** Bytes to draw of each sample: of a picture, no more than it lacks. */
function lengthFor(medium: Medium, { prompt, length }: GenerateRequest): number {
  if (medium.kind !== 'image') return length;
  const missing = itemBytes(medium) - prompt.length;
  if (missing <= 0) {
    throw new Failure(
      'bad-input',
      'This picture is whole already. Keep less of it, and the model adds the rest.',
    );
  }
  return Math.min(length, missing);
}

export class Generation {
  readonly #id: number;
  readonly #request: GenerateRequest;
  readonly #emit: (event: EngineEvent) => void;
  readonly #watching: () => Watch | null;
  readonly #stop = new AbortController();
  #drawn = 0;
  #bytesPerSecond = 0;

  constructor(
    id: number,
    request: GenerateRequest,
    emit: (event: EngineEvent) => void,
    /** Whose attention is sent along, asked again and again. */
    watching: () => Watch | null = () => null,
  ) {
    checkRequest(request);
    this.#id = id;
    this.#request = request;
    this.#emit = emit;
    this.#watching = watching;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Tells that there is nothing more to come. */
  end(): void {
    this.#send(0, new Uint8Array(), true);
  }

  /** Draws all bytes as events. */
  async run(model: HeldModel): Promise<void> {
    const start = performance.now();
    const sendPieces = (pieces: readonly Uint8Array[]) => {
      for (const [sample, bytes] of pieces.entries()) {
        this.#drawn += bytes.length;
        this.#bytesPerSecond = (1000 * this.#drawn) / Math.max(performance.now() - start, 1);
        this.#send(sample, bytes, false);
      }
    };
    try {
      await this.#draw(model, sendPieces);
    } catch (error) {
      // Lost before it had begun, most likely while nothing was going on: a new device serves as well.
      if (!isDeviceLost(error) || this.#drawn > 0) throw error;
      if (await model.recoverFor(this.#emit, this.#stop.signal)) await this.#draw(model, sendPieces);
    }
  }

  #send(sample: number, bytes: Uint8Array, done: boolean): void {
    const bytesPerSecond = this.#bytesPerSecond;
    this.#emit({ type: 'generated', id: this.#id, sample, bytes, bytesPerSecond, done });
  }

  async #draw(model: HeldModel, send: (pieces: readonly Uint8Array[]) => void): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const length = lengthFor(model.medium, this.#request);
    const breathe = breather();
    const watcher: AttentionWatcher = {
      watch: () => fitting(this.#watching(), model.config, this.#request),
      onRow: (row, first) => this.#emit({ type: 'attention', id: this.#id, row, first }),
    };
    const { signal } = this.#stop;
    try {
      for await (const pieces of generate(await model.engine(), {
        ...this.#request,
        length,
        watcher,
        signal,
      })) {
        send(pieces);
        await breathe();
        if (signal.aborted) return;
      }
    } catch (error) {
      // Given up while the beginning was still read.
      if (!signal.aborted || isDeviceLost(error)) throw error;
    }
  }
}

/** A wish that the model and the request can fulfil; it may have been made for another. */
function fitting(
  watch: Watch | null,
  { nLayer, nHead }: ModelConfig,
  { samples }: GenerateRequest,
): Watch | null {
  if (!watch || watch.layer >= nLayer || (watch.sample ?? 0) >= samples) return null;
  return watch.head === 'mean' || watch.head < nHead ? watch : null;
}
