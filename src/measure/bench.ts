// What every group of measurements works with: an open device, its ceilings, and what was asked for. A measurement
// that fails becomes a row that says why, and the next one starts on a device that is sound.

import { Gpu } from '../gpu/device.ts';
import { EngineError } from '../lib/errors.ts';
import { type Ceilings, measureCeilings } from './ceilings.ts';
import { type Group, type Measured, type RowOf, rounded, type Subject } from './rows.ts';

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
}

export class Bench {
  readonly host: BenchHost;
  readonly settings: BenchSettings;
  readonly ceilings: Ceilings;
  #gpu: Gpu;

  private constructor(host: BenchHost, settings: BenchSettings, gpu: Gpu, ceilings: Ceilings) {
    this.host = host;
    this.settings = settings;
    this.#gpu = gpu;
    this.ceilings = ceilings;
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

  /** Makes one row. */
  async row<G extends Group>(
    group: G,
    subject: Subject<G>,
    measure: () => Promise<Measured<G>>,
  ): Promise<RowOf<G>> {
    try {
      return { group, ...subject, ...rounded(await measure()) };
    } catch (error) {
      await this.#recover(error);
      return this.skip(group, subject, error instanceof Error ? error.message : String(error));
    }
  }

  skip<G extends Group>(group: G, subject: Subject<G>, skipped: string): RowOf<G> {
    return { group, ...subject, skipped: skipped.replace(/\s+/g, ' ').trim() };
  }

  close(): void {
    this.#gpu.destroy();
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
    this.#gpu = await Gpu.open(this.host.webgpu);
  }
}
