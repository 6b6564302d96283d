// What every group of measurements works with: an open device, its ceilings, and what was asked for. A measurement
// that fails becomes a row that says why, and the next one starts on a device that is sound.

import { Gpu } from '../gpu/device.ts';
import { EngineError, Failure } from '../lib/errors.ts';
import { measureCeilings } from './ceilings.ts';
import { type Ceilings, type Group, type Measured, type RowOf, rounded, type Subject } from './rows.ts';

/** What to measure. */
export interface BenchSettings {
  readonly groups: readonly Group[];
  /** Context lengths for the groups that go through several; undefined for each group's own. */
  readonly lengths: readonly number[] | undefined;
  /** The patterns' l; c is a quarter of it. */
  readonly stride: number | undefined;
  /** Only models whose names begin so. */
  readonly model: string;
  /** Time every kernel of a training step; needs timestamps. */
  readonly profile: boolean;
  /** Bytes to train on. */
  readonly data: Uint8Array;
}

/** Where it is measured. */
export interface BenchHost {
  /** The WebGPU entry point, to open devices with. */
  readonly webgpu: GPU | undefined;
  /** What is predicted to keep the GPU longer than this with one dispatch is left out: the system might end it. */
  readonly longestDispatchMs: number;
  /** After so many lost devices none is opened any more: a browser shuts out a site that loses them again and again. */
  readonly mostLosses?: number;
}

export class Bench {
  readonly host: BenchHost;
  readonly settings: BenchSettings;
  readonly ceilings: Ceilings;
  readonly #stop = new AbortController();
  /** Rejects when the bench is stopped. */
  readonly #stopped: Promise<never>;
  #gpu: Gpu;
  #losses = 0;
  /** Why there is no device any more. */
  #broken: Error | undefined;

  private constructor(host: BenchHost, settings: BenchSettings, gpu: Gpu, ceilings: Ceilings) {
    this.host = host;
    this.settings = settings;
    this.#gpu = gpu;
    this.ceilings = ceilings;
    this.#stopped = new Promise((_, reject) => {
      const failure = new Failure('cancelled', 'The measurement was stopped.');
      this.#stop.signal.addEventListener('abort', () => reject(failure));
    });
    // Nobody may be waiting when it is stopped.
    this.#stopped.catch(() => {});
  }

  static async open(host: BenchHost, settings: BenchSettings): Promise<Bench> {
    const gpu = await Gpu.open(host.webgpu);
    return new Bench(host, settings, gpu, rounded(await measureCeilings(gpu)));
  }

  /** The device as it is now: a failed measurement replaces it. */
  get gpu(): Gpu {
    return this.#gpu;
  }

  get software(): boolean {
    return this.#gpu.profile.software;
  }

  /** Makes one row. Throws a `Failure` 'cancelled' when stopped. */
  async row<G extends Group>(
    group: G,
    subject: Subject<G>,
    measure: () => Promise<Measured<G>>,
  ): Promise<RowOf<G>> {
    try {
      if (this.#broken) throw this.#broken;
      return { group, ...subject, ...rounded(await Promise.race([measure(), this.#stopped])) };
    } catch (error) {
      if (this.#stop.signal.aborted) throw error;
      if (error !== this.#broken) await this.#recover(error);
      return this.skip(group, subject, error instanceof Error ? error.message : String(error));
    }
  }

  skip<G extends Group>(group: G, subject: Subject<G>, skipped: string): RowOf<G> {
    return { group, ...subject, skipped: skipped.replace(/\s+/g, ' ').trim() };
  }

  close(): void {
    this.#gpu.destroy();
  }

  /** Ends what is being measured at once, and everything after it; its submission alone is still computed. */
  stop(): void {
    this.#stop.abort();
    this.close();
  }

  /** A refusal in words leaves the device as it was; after anything else, what is left on it is unknown. */
  async #recover(error: unknown): Promise<void> {
    if (error instanceof EngineError && (error.code === 'out-of-memory' || error.code === 'bad-config')) {
      try {
        return this.#gpu.check();
      } catch {
        // Broken all the same.
      }
    }
    this.#gpu.destroy();
    if (error instanceof EngineError && error.code === 'device-lost') this.#losses += 1;
    if (this.#losses >= (this.host.mostLosses ?? Infinity)) {
      this.#broken = new EngineError(
        'device-lost',
        `Not tried: the GPU was lost ${this.#losses} times, and a browser bars a site that goes on then.`,
      );
      return;
    }
    try {
      this.#gpu = await Gpu.open(this.host.webgpu);
    } catch (cause) {
      this.#broken = cause instanceof Error ? cause : new Error(String(cause));
    }
  }
}
