// What the page and the worker say to each other. Commands go down as calls (EngineApi, over Comlink); one
// stream of events comes up over a MessagePort. Everything here is plain data that can be cloned.

import type { Pcm } from '../data/audio/sound.ts';
import type { Skipped } from '../data/dataset.ts';
import type { Medium, MediumKind } from '../data/medium.ts';
import type { OpenOptions } from '../data/open/options.ts';
import type { AttentionMaps, AttentionRow, Watch } from '../model/attention.ts';
import type { ModelConfig, RunConfig } from '../model/config.ts';
import type { Preflight } from '../model/cost.ts';
import type { BenchmarkRequest, BenchmarkUpdate } from './benchmark.ts';
import type { InspectInput, Inspection, MapRequest, RowsRequest } from './inspection.ts';
import type { TuningUpdate } from './tuning.ts';

export type { Skipped } from '../data/dataset.ts';
export type { Medium, MediumKind } from '../data/medium.ts';
export type { SurveyPart, SurveyRow } from '../measure/rows.ts';
export type { Tuning, TuningStep } from '../measure/tuning.ts';
export type {
  AttentionMaps,
  AttentionRow,
  HeadChoice,
  HeadMap,
  Span,
  Watch,
} from '../model/attention.ts';
export type { RunConfig, TrainingConfig } from '../model/config.ts';
export type { Preflight } from '../model/cost.ts';
export type { PresetName } from '../model/presets.ts';
export type { BenchmarkAbout, BenchmarkRequest, BenchmarkUpdate } from './benchmark.ts';
export type { InspectInput, Inspection, MapRequest, RowsRequest } from './inspection.ts';
export type { TuningUpdate } from './tuning.ts';

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
  readonly medium: Medium;
  /** Pictures, or files of text or sound. */
  readonly items: number;
  readonly sizeBytes: number;
  readonly trainBytes: number;
  readonly validationBytes: number;
  readonly testBytes: number;
  /** Bits per byte that gzip needs for the held-out part, as a yardstick; null where that is too short to tell. */
  readonly gzipBitsPerByte: number | null;
  /** Entropy of single bytes. */
  readonly entropyBitsPerByte: number;
  /** The first bytes, as the model will see them: whole pictures, some seconds of sound, a page of text. */
  readonly preview: Uint8Array;
  /** What of the files given is not in it, and why: of very many, the first. */
  readonly skipped: readonly Skipped[];
  /** How many are not in it. */
  readonly skippedCount: number;
}

/** Sound as the browser's decoder gives it. */
export type DecodedSound = Pcm;

/** How files are to be read; what is left out is chosen by what they are. */
export type DataOptions = Pick<OpenOptions, 'kind' | 'size' | 'channels' | 'rateHz'>;

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
  readonly medium: Medium;
  readonly step: number;
  readonly steps: number;
  readonly savedAtMs: number;
  readonly sizeBytes: number;
  readonly heldOutBitsPerByte?: number;
}

export interface GenerateRequest {
  /** Bytes that every sample begins with. */
  readonly prompt: Uint8Array;
  /** Sequences drawn at once. */
  readonly samples: number;
  /** Bytes to draw of each; a picture ends where it is whole. */
  readonly length: number;
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** 1 keeps all. */
  readonly topP: number;
  readonly seed: number;
}

export type EngineEvent =
  | { readonly type: 'engine'; readonly info: EngineInfo }
  | { readonly type: 'status'; readonly status: RunStatus }
  | { readonly type: 'steps'; readonly steps: readonly StepEvent[] }
  | { readonly type: 'evaluation'; readonly evaluation: EvaluationEvent }
  /** What the model draws at a step of its training: one or a few items. */
  | { readonly type: 'sample'; readonly step: number; readonly samples: readonly Uint8Array[] }
  | { readonly type: 'model'; readonly model: ModelInfo }
  | {
      readonly type: 'generated';
      readonly id: number;
      /** Which of the request's samples the bytes belong to. */
      readonly sample: number;
      readonly bytes: Uint8Array;
      /** Over all samples together. */
      readonly bytesPerSecond: number;
      /** The request's last event. */
      readonly done: boolean;
    }
  /** The attention with which a byte was drawn; `first` is the byte of the whole sequence at the row's position 0. */
  | { readonly type: 'attention'; readonly id: number; readonly row: AttentionRow; readonly first: number }
  /** How far the inspection that was asked for last has come, from 0 to 1. */
  | { readonly type: 'inspecting'; readonly share: number }
  /** Sound that the page is to decode, and to hand back with `soundDecoded`. */
  | { readonly type: 'sound'; readonly id: number; readonly blob: Blob }
  /** How much of the files that are being opened is read, from 0 to 1. */
  | { readonly type: 'opening'; readonly share: number }
  /** How far the surprise that was asked for last is measured, from 0 to 1. */
  | { readonly type: 'surprise'; readonly share: number }
  | { readonly type: 'saved'; readonly runs: readonly SavedRun[] }
  | { readonly type: 'benchmark'; readonly id: number; readonly update: BenchmarkUpdate }
  | { readonly type: 'tuning'; readonly update: TuningUpdate }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly message: string }
  | { readonly type: 'heartbeat' };

/** The worker's calls. Each resolves with a Result; none ever rejects in the worker. */
export interface EngineApi {
  /** Hands over the port on which events are sent. Must be the first call. */
  connect(events: MessagePort): void;
  /** Probes WebGPU; falls back to the reference engine, with the reason. */
  start(): Promise<Result<EngineInfo>>;
  /**
   * Reads, checks and remembers files that belong together; the engine keeps their bytes. `stopOpening` ends it with
   * the error 'cancelled'; whatever goes wrong, the data before stays open.
   */
  openData(files: readonly File[], options: DataOptions): Promise<Result<DatasetInfo>>;
  /** Data that the page makes itself. */
  openBuiltin(kind: MediumKind, options: DataOptions): Promise<Result<DatasetInfo>>;
  stopOpening(): Promise<Result<void>>;
  /** Answers an event 'sound'. */
  soundDecoded(id: number, sound: Result<DecodedSound>): Promise<Result<void>>;
  /** A file as one item that a model of this medium reads, to be completed or measured. */
  readItem(file: File, medium: Medium): Promise<Result<Uint8Array>>;
  preflight(run: RunConfig): Promise<Result<Preflight>>;
  /** Trains on the open data set from fresh weights, or from the current model's when `fineTune`. */
  startRun(run: RunConfig, fineTune: boolean): Promise<Result<void>>;
  pauseRun(): Promise<Result<void>>;
  resumeRun(): Promise<Result<void>>;
  /** Ends the run; its model stays for generating. */
  stopRun(): Promise<Result<void>>;
  generate(id: number, request: GenerateRequest): Promise<Result<void>>;
  stopGenerating(): Promise<Result<void>>;
  /** Whose attention is sent along while bytes are drawn, from now on; null for nobody's. */
  watchAttention(watch: Watch | null): Promise<Result<void>>;
  /** Looks into all heads at once, in maps of so many cells a side; a newer call, or `stopInspecting`, cancels it. */
  inspect(input: InspectInput, cells: number): Promise<Result<Inspection>>;
  /** Looks closer at a part of a layer; a newer call, or `stopInspecting`, cancels it. */
  attentionMap(request: MapRequest): Promise<Result<AttentionMaps>>;
  /** Single rows, head by head; a newer call, or `stopInspecting`, cancels it. */
  attentionRows(request: RowsRequest): Promise<Result<readonly AttentionRow[]>>;
  stopInspecting(): Promise<Result<void>>;
  /**
   * Bits that the model needs for each of these bytes, given those before it. A newer request, or `stopSurprise`,
   * ends it with the error 'cancelled'.
   */
  surprise(bytes: Uint8Array): Promise<Result<Float32Array>>;
  stopSurprise(): Promise<Result<void>>;
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
  /**
   * Measures which kernels are fastest on this GPU, keeps that and follows it, and tells of it in 'tuning' events; refused
   * while a run trains.
   */
  tune(id: number): Promise<Result<void>>;
  /** What was kept before stays. */
  stopTuning(): Promise<Result<void>>;
  /** Whether what is kept of this GPU is followed; refused while a run trains. */
  useTuning(on: boolean): Promise<Result<void>>;
  /** Forgets what is kept of this GPU; refused while a run trains. */
  forgetTuning(): Promise<Result<void>>;
}
