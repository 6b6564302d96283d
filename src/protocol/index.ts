// What the page and the worker say to each other. Commands go down as calls (EngineApi, over Comlink); one
// stream of events comes up over a MessagePort. Everything here is plain data that can be cloned.

import type { Medium } from '../data/medium.ts';
import type { SurveyPart, SurveyRow } from '../measure/rows.ts';
import type { ModelConfig, RunConfig } from '../model/config.ts';
import type { Preflight } from '../model/cost.ts';

export type { Medium, MediumKind } from '../data/medium.ts';
export type { SurveyPart, SurveyRow } from '../measure/rows.ts';
export type { RunConfig, TrainingConfig } from '../model/config.ts';
export type { Preflight } from '../model/cost.ts';
export type { PresetName } from '../model/presets.ts';

/** Codes that the page reacts to; the message beside a code is for the person. */
export type ErrorCode =
  | 'no-webgpu'
  | 'device-lost'
  | 'out-of-memory'
  | 'bad-config'
  | 'bad-file'
  | 'bad-input'
  | 'not-found'
  | 'storage-full'
  | 'cancelled'
  | 'worker-lost'
  | 'timeout'
  | 'diverged'
  | 'internal';

/** An error as it crosses the worker boundary: Comlink would keep only name, message and stack. */
export interface WireError {
  readonly code: ErrorCode;
  /** What happened, what is safe, what to do. */
  readonly message: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WireError };

export interface EngineInfo {
  readonly engine: 'webgpu' | 'reference';
  /** True where the adapter computes on the CPU. */
  readonly software: boolean;
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly features: readonly string[];
  /** The kernels chosen for this adapter, for people: 'f32 arithmetic', 'subgroups of 32', ... */
  readonly ladder: readonly string[];
  readonly maxBufferBytes: number;
  /** Why WebGPU is not used, when it is not. */
  readonly reason?: string;
}

export interface DatasetInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: 'text';
  readonly sizeBytes: number;
  readonly trainBytes: number;
  readonly validationBytes: number;
  readonly testBytes: number;
  /** Bits per byte that gzip needs for the held-out part, as a yardstick. */
  readonly gzipBitsPerByte: number;
  /** Entropy of single bytes. */
  readonly entropyBitsPerByte: number;
  /** The first characters, for a preview. */
  readonly preview: string;
}

export interface StepEvent {
  readonly step: number;
  readonly loss: number;
  readonly bitsPerByte: number;
  readonly learningRate: number;
  readonly gradNorm: number;
  readonly tokensPerSecond: number;
  /** Seconds of training so far, pauses left out. */
  readonly seconds: number;
}

export interface EvaluationEvent {
  readonly step: number;
  readonly bitsPerByte: number;
}

/** One discriminated union, so that impossible states cannot be stored. */
export type RunStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'preparing'; readonly what: string }
  | { readonly state: 'training' }
  | { readonly state: 'paused' }
  | { readonly state: 'recovering'; readonly what: string; readonly retryAtMs?: number }
  | { readonly state: 'finished' }
  | { readonly state: 'failed'; readonly error: WireError };

export interface ModelInfo {
  readonly config: ModelConfig;
  /** What its bytes are. */
  readonly medium: Medium;
  readonly parameters: number;
  /** What it was trained on, and how far. */
  readonly name: string;
  readonly step: number;
  readonly heldOutBitsPerByte?: number;
}

export interface SavedRun {
  readonly id: string;
  readonly name: string;
  readonly step: number;
  readonly steps: number;
  readonly savedAtMs: number;
  readonly sizeBytes: number;
  readonly heldOutBitsPerByte?: number;
}

export interface GenerateRequest {
  readonly prompt: string;
  /** Bytes to draw. */
  readonly length: number;
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** 1 keeps all. */
  readonly topP: number;
  readonly seed: number;
}

export interface BenchmarkRequest {
  readonly parts: readonly SurveyPart[];
  /** Attention is measured over lengths that double up to this one. */
  readonly longest: number;
}

/** What is measured on, told before the first row. */
export interface BenchmarkAbout {
  readonly adapter: {
    readonly vendor: string;
    readonly architecture: string;
    readonly description: string;
    readonly software: boolean;
    readonly features: readonly string[];
    readonly maxBindingBytes: number;
  };
  /** The most that the adapter does of either, as measured. */
  readonly ceilings: { readonly flopsPerSecond: number; readonly bytesPerSecond: number };
}

export type BenchmarkUpdate =
  | { readonly what: 'about'; readonly about: BenchmarkAbout }
  | {
      readonly what: 'progress';
      readonly done: number;
      readonly total: number;
      /** What is measured now. */
      readonly words: string;
    }
  | { readonly what: 'row'; readonly row: SurveyRow }
  /** The last one, unless the call fails. */
  | { readonly what: 'ended'; readonly stopped: boolean };

export type EngineEvent =
  | { readonly type: 'engine'; readonly info: EngineInfo }
  | { readonly type: 'status'; readonly status: RunStatus }
  | { readonly type: 'steps'; readonly steps: readonly StepEvent[] }
  | { readonly type: 'evaluation'; readonly evaluation: EvaluationEvent }
  | { readonly type: 'sample'; readonly step: number; readonly text: string }
  | { readonly type: 'model'; readonly model: ModelInfo }
  | {
      readonly type: 'generated';
      readonly id: number;
      readonly bytes: Uint8Array;
      readonly bytesPerSecond: number;
      readonly done: boolean;
    }
  | { readonly type: 'saved'; readonly runs: readonly SavedRun[] }
  | { readonly type: 'benchmark'; readonly id: number; readonly update: BenchmarkUpdate }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly message: string }
  | { readonly type: 'heartbeat' };

/** The worker's calls. Each resolves with a Result; none ever rejects in the worker. */
export interface EngineApi {
  /** Hands over the port on which events are sent. Must be the first call. */
  connect(events: MessagePort): void;
  /** Probes WebGPU; falls back to the reference engine, with the reason. */
  start(): Promise<Result<EngineInfo>>;
  /** Reads, checks and remembers a file; the engine keeps its bytes. */
  openData(file: File): Promise<Result<DatasetInfo>>;
  preflight(run: RunConfig): Promise<Result<Preflight>>;
  /** Trains on the open data set from fresh weights, or from the current model's when `fineTune`. */
  startRun(run: RunConfig, fineTune: boolean): Promise<Result<void>>;
  pauseRun(): Promise<Result<void>>;
  resumeRun(): Promise<Result<void>>;
  /** Ends the run; its model stays for generating. */
  stopRun(): Promise<Result<void>>;
  generate(id: number, request: GenerateRequest): Promise<Result<void>>;
  stopGenerating(): Promise<Result<void>>;
  /** safetensors with the configuration in the metadata. */
  exportWeights(): Promise<Result<Blob>>;
  importWeights(file: File): Promise<Result<ModelInfo>>;
  listRuns(): Promise<Result<readonly SavedRun[]>>;
  /** Makes a saved run the current, paused one. */
  openRun(id: string): Promise<Result<RunConfig>>;
  deleteRun(id: string): Promise<Result<void>>;
  /** Measures the GPU and tells of it in 'benchmark' events; refused while a run trains. */
  benchmark(id: number, request: BenchmarkRequest): Promise<Result<void>>;
  stopBenchmark(): Promise<Result<void>>;
}
