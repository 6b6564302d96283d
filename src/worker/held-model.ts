// The model that the worker holds: the engine that computes with it, and a copy on this side that outlives the
// engine when the device is lost.

import { decodeWeights, encodeWeights, type Weights } from '../checkpoint/weights.ts';
import type { Medium } from '../data/medium.ts';
import { Failure } from '../lib/errors.ts';
import type { ModelConfig, RunConfig } from '../model/config.ts';
import type { Engine, EngineShape } from '../model/engine.ts';
import { parameterLayout } from '../model/parameters.ts';
import { freshSnapshot, type Snapshot } from '../model/snapshot.ts';
import type { EngineEvent, ModelInfo } from '../protocol/index.ts';
import type { Device, RecoveryOptions } from './device.ts';

const MAX_WEIGHTS_BYTES = 2 ** 30;
const LONG_WAIT =
  'The graphics device was lost, and the browser gives no other for two minutes. What you asked for begins then, unless you stop it.';
/** An engine that only draws, scores and is looked into. */
const INFERENCE = { microBatch: 1, accumulation: 1, recompute: true };

export class HeldModel {
  readonly config: ModelConfig;
  readonly medium: Medium;
  readonly shape: EngineShape;
  readonly name: string;
  readonly #device: Device;
  #snapshot: Snapshot;
  #engine: Engine | undefined;

  constructor(
    device: Device,
    { name, medium, model }: Pick<RunConfig, 'name' | 'medium' | 'model'>,
    shape: EngineShape,
    snapshot: Snapshot,
  ) {
    this.#device = device;
    this.name = name;
    this.medium = medium;
    this.config = model;
    this.shape = shape;
    this.#snapshot = snapshot;
  }

  /** A model from a file of weights, without history. Throws a `Failure` for a file that is none. */
  static async ofFile(device: Device, file: File): Promise<HeldModel> {
    if (file.size > MAX_WEIGHTS_BYTES) throw new Failure('bad-file', 'Files of weights have 1 GiB at most.');
    const weights = decodeWeights(new Uint8Array(await file.arrayBuffer()));
    const { name, medium, config, step, heldOutBitsPerByte: bitsPerByte } = weights;
    const { state, progress } = freshSnapshot(parameterLayout(config), 0, weights.parameters);
    const evaluation = bitsPerByte === undefined ? {} : { evaluation: { step, bitsPerByte } };
    const snapshot: Snapshot = { state, progress: { ...progress, step, ...evaluation } };
    return new HeldModel(device, { name, medium, model: config }, INFERENCE, snapshot);
  }

  /** The state that was copied last. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Keeps a newer copy. */
  keep(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
  }

  get info(): ModelInfo {
    const { step, evaluation } = this.#snapshot.progress;
    return {
      config: this.config,
      medium: this.medium,
      parameters: parameterLayout(this.config).count,
      name: this.name,
      step,
      ...(evaluation && { heldOutBitsPerByte: evaluation.bitsPerByte }),
    };
  }

  /** The copied parameters, for a run of this model. Throws a `Failure` where they are of another one. */
  parametersFor(config: ModelConfig): Float32Array {
    const shapes = (model: ModelConfig) =>
      parameterLayout(model)
        .parameters.map(({ name, shape }) => `${name} ${shape.join()}`)
        .join('\n');
    if (shapes(config) === shapes(this.config)) return this.#snapshot.state.parameters;
    throw new Failure(
      'bad-input',
      'These settings are of another model than the present one; choose its own to go on from it.',
    );
  }

  /** The engine; where there is none, it is laid out and given the copied state. */
  async engine(): Promise<Engine> {
    if (!this.#engine) {
      this.#engine = await this.#device.create(this.config, this.shape);
      this.#engine.writeState(this.#snapshot.state);
    }
    return this.#engine;
  }

  /** Lays the engine out on a new device, after the old one was lost; see `Device.recover`. */
  recover(options: RecoveryOptions): Promise<boolean> {
    this.#engine = undefined;
    return this.#device.recover(() => this.engine(), options);
  }

  /** The same for what a person waits for, who is told where the browser keeps them waiting. */
  recoverFor(emit: (event: EngineEvent) => void, signal: AbortSignal): Promise<boolean> {
    const onAttempt = (retryAtMs?: number) => {
      if (retryAtMs !== undefined) emit({ type: 'notice', level: 'warning', message: LONG_WAIT });
    };
    return this.recover({ signal, onAttempt });
  }

  /** Frees the engine; the copy stays, and `engine` lays out another. */
  release(): void {
    this.#engine?.destroy();
    this.#engine = undefined;
  }

  /** The model as a file of weights, from the copy. */
  file(): Uint8Array<ArrayBuffer> {
    const { config, medium, name } = this;
    const { step, heldOutBitsPerByte } = this.info;
    const { parameters } = this.#snapshot.state;
    const weights: Weights = { config, medium, name, step, parameters };
    return encodeWeights(heldOutBitsPerByte === undefined ? weights : { ...weights, heldOutBitsPerByte });
  }
}
