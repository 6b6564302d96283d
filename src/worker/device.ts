// The device that engines are laid out on, and what happens when it is lost. A browser shuts a site out of WebGPU
// for two minutes after its second crash, so that trying again and again makes it worse: one attempt at once, and
// one more when the two minutes are surely over. Then it is for the person to decide.

import { EngineError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';
import type { Choices } from '../measure/tuner.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Engine, EngineShape } from '../model/engine.ts';
import type { EngineInfo } from '../protocol/index.ts';
import type { Engines, OpenOptions } from './engines.ts';
import { isDeviceLost } from './errors.ts';

/** Automatic attempts are at least so far apart. */
export const ATTEMPT_EVERY_MS = 120_000;
/** A browser's two minutes, with some to spare. */
export const RETRY_AFTER_MS = 125_000;

export type OpenEngines = (options: OpenOptions) => Promise<Engines>;

export interface RecoveryOptions {
  /** Breaks the waiting off. */
  readonly signal: AbortSignal;
  /** Told before each attempt; with a time when it comes later. */
  readonly onAttempt: (retryAtMs?: number) => void;
}

export class Device {
  readonly #open: OpenEngines;
  readonly #choicesFor: OpenOptions['choicesFor'];
  readonly #onInfo: (info: EngineInfo) => void;
  #engines: Promise<Engines> | undefined;
  #info: EngineInfo | undefined;
  #attemptedAtMs = Number.NEGATIVE_INFINITY;

  constructor(open: OpenEngines, choicesFor: OpenOptions['choicesFor'], onInfo: (info: EngineInfo) => void) {
    this.#open = open;
    this.#choicesFor = choicesFor;
    this.#onInfo = onInfo;
  }

  /** What the device can do, or the last one could; opens it at the first call. */
  async info(): Promise<EngineInfo> {
    return this.#info ?? (await this.#opened()).info;
  }

  /** Engines laid out from now on follow these choices. */
  async choose(choices: Choices | undefined): Promise<void> {
    const info = (await this.#opened()).choose(choices);
    this.#info = info;
    this.#onInfo(info);
  }

  /**
   * Lays an engine out. A device that turns out to be lost, unnoticed while nothing went on, is replaced by a new
   * one, unless that was tried lately.
   */
  async create(config: ModelConfig, shape: EngineShape): Promise<Engine> {
    // One on which a command has failed, for want of memory perhaps, refuses whatever comes after.
    if (this.#engines && (await this.#engines.catch(() => undefined))?.faulty) this.#discard();
    try {
      return await (await this.#opened()).create(config, shape);
    } catch (error) {
      if (!isDeviceLost(error)) throw error;
      this.#discard();
      if (this.#triedLately) throw error;
      this.#attemptedAtMs = Date.now();
      return (await this.#opened()).create(config, shape);
    }
  }

  /**
   * Opens a new device in place of a lost one and runs `rebuild` on it. Resolves with false when `signal` ended the
   * waiting; throws what the last attempt threw.
   */
  async recover(rebuild: () => Promise<unknown>, { signal, onAttempt }: RecoveryOptions): Promise<boolean> {
    let failure: unknown;
    for (const waitMs of this.#triedLately ? [RETRY_AFTER_MS] : [0, RETRY_AFTER_MS]) {
      onAttempt(waitMs > 0 ? Date.now() + waitMs : undefined);
      if (waitMs > 0 && !(await sleep(waitMs, signal))) return false;
      this.#attemptedAtMs = Date.now();
      try {
        this.#discard();
        await rebuild();
        return true;
      } catch (error) {
        if (!isLoss(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  get #triedLately(): boolean {
    return Date.now() - this.#attemptedAtMs < ATTEMPT_EVERY_MS;
  }

  /** Closes the device; the next use opens another. */
  #discard(): void {
    void this.#engines?.then((engines) => engines.close()).catch(() => {});
    this.#engines = undefined;
  }

  /** The open device. Once there was WebGPU, the reference engine does not take its place. */
  #opened(): Promise<Engines> {
    this.#engines ??= this.#open({ fallback: this.#info?.engine !== 'webgpu', choicesFor: this.#choicesFor })
      .then((engines) => {
        this.#info = engines.info;
        this.#onInfo(engines.info);
        return engines;
      })
      .catch((error) => {
        this.#engines = undefined;
        throw error;
      });
    return this.#engines;
  }
}

/** Whether another attempt may help: the device is gone, or the browser gives none at the moment. */
function isLoss(error: unknown): boolean {
  return isDeviceLost(error) || (error instanceof EngineError && error.code === 'no-webgpu');
}
