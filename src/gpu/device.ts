// The one place that opens a GPU device: adapter, features, limits, allocation and loss.

import { EngineError } from '../lib/errors.ts';
import { sleep } from '../lib/sleep.ts';

/** What the kernels may rely on; shown to people as the ladder of choices. */
export interface DeviceProfile {
  /** The adapter computes on the CPU: kernels without workgroup memory are faster there. */
  readonly software: boolean;
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly features: readonly string[];
  /** Workgroup memory that a kernel may take. */
  readonly workgroupStorageBytes: number;
  /** The small matrices, float16 with float32 sums, that the adapter multiplies at once (tensor cores). */
  readonly subgroupMatrix?: SubgroupMatrix;
  /** Which of several kernels was measured to be the fastest on this adapter. */
  readonly choices?: Readonly<Record<string, number>>;
}

/** The extents of one subgroup matrix, [M, K] . [K, N], and how many threads a subgroup has. */
export interface SubgroupMatrix {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly lanes: number;
}

/** A loss is reported so long after the first that fails of it, at most; on a busy machine it takes a while. */
const LOSS_REPORTED_MS = 2000;

/** The name of the feature; not in the types yet. */
export const SUBGROUP_MATRICES = 'chromium-experimental-subgroup-matrix';

/** An open device with its bookkeeping. Everything allocated through it is released by `destroy`. */
export class Gpu {
  readonly device: GPUDevice;
  #profile: DeviceProfile;
  /** Resolves with the reason when the device is lost, `destroy` included. */
  readonly lost: Promise<string>;
  #lostReason: string | undefined;
  #fault: EngineError | undefined;
  #allocatedBytes = 0;

  private constructor(device: GPUDevice, profile: DeviceProfile) {
    this.device = device;
    this.#profile = profile;
    this.lost = device.lost.then((info) => {
      this.#lostReason = info.message || info.reason;
      return this.#lostReason;
    });
    device.addEventListener('uncapturederror', (event) => {
      const { error } = event as GPUUncapturedErrorEvent;
      this.#fault ??=
        error.constructor.name === 'GPUOutOfMemoryError'
          ? outOfMemory(error.message)
          : new EngineError('internal', `The GPU refused a command: ${error.message}`);
    });
  }

  /**
   * Opens a device with the adapter's own limits.
   * @throws EngineError 'no-webgpu' where there is no WebGPU, no adapter, or one that gives no device.
   */
  static async open(gpu: GPU | undefined): Promise<Gpu> {
    if (!gpu) {
      throw new EngineError(
        'no-webgpu',
        'This browser has no WebGPU. Open the page in a recent Chrome or Edge.',
      );
    }
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) {
      throw new EngineError(
        'no-webgpu',
        'WebGPU found no graphics adapter. Update the graphics driver, or wait two minutes if the GPU has just crashed.',
      );
    }
    const wanted = ['subgroups', 'timestamp-query', 'shader-f16', SUBGROUP_MATRICES] as GPUFeatureName[];
    const features = wanted.filter((feature) => adapter.features.has(feature));
    const { limits, info } = adapter;
    const opening = adapter.requestDevice({
      label: 'weft',
      requiredFeatures: features,
      requiredLimits: {
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      },
    });
    const device = await opening.catch((cause) => {
      throw new EngineError('no-webgpu', `The graphics adapter gave no device (${String(cause)}).`, {
        cause,
      });
    });
    const software =
      info.isFallbackAdapter ||
      /swiftshader|llvmpipe|lavapipe/i.test(`${info.architecture} ${info.description}`);
    const subgroupMatrix = features.includes('shader-f16') ? subgroupMatrixOf(adapter) : undefined;
    return new Gpu(device, {
      ...(subgroupMatrix && { subgroupMatrix }),
      software,
      vendor: info.vendor,
      architecture: info.architecture,
      description: info.description,
      features,
      workgroupStorageBytes: device.limits.maxComputeWorkgroupStorageSize,
    });
  }

  get profile(): DeviceProfile {
    return this.#profile;
  }

  /** Kernels made from now on follow what was measured on this adapter; undefined leaves that aside. */
  choose(choices: Readonly<Record<string, number>> | undefined): void {
    const { choices: _, ...profile } = this.#profile;
    this.#profile = choices ? { ...profile, choices } : profile;
  }

  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  /** Largest buffer that a kernel can bind whole. */
  get maxBindingBytes(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    return Math.min(maxBufferSize, maxStorageBufferBindingSize);
  }

  /** Allocates a zeroed storage buffer. */
  storage(label: string, bytes: number): GPUBuffer {
    if (bytes > this.maxBindingBytes) {
      throw outOfMemory(`${label} needs ${bytes} bytes; this adapter binds at most ${this.maxBindingBytes}`);
    }
    return this.#create(
      label,
      bytes,
      GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    );
  }

  uniform(label: string, bytes: number): GPUBuffer {
    return this.#create(label, bytes, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  }

  staging(label: string, bytes: number): GPUBuffer {
    return this.#create(label, bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  }

  release(buffer: GPUBuffer): void {
    this.#allocatedBytes -= buffer.size;
    buffer.destroy();
  }

  /** Throws when the device is lost or a command failed: queues on a dead device look like success. */
  check(): void {
    if (this.#fault) throw this.#fault;
    if (this.#lostReason !== undefined) {
      throw new EngineError(
        'device-lost',
        `The graphics device was lost (${this.#lostReason}). Work since the last snapshot is gone; the rest is safe.`,
      );
    }
  }

  /** Whether a command has failed: nothing that is laid out on the device works any more. */
  get faulty(): boolean {
    return this.#fault !== undefined;
  }

  /** Runs allocations and throws when they do not fit. */
  async guard<T>(build: () => T): Promise<T> {
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    // Both scopes are popped before anything is awaited, so that no other work falls into them.
    let scopes: Promise<(GPUError | null)[]> = Promise.resolve([]);
    let value: T;
    try {
      value = build();
    } finally {
      scopes = Promise.all([this.device.popErrorScope(), this.device.popErrorScope()]);
    }
    const [validation, memory] = await this.answer(scopes);
    if (memory) throw outOfMemory(memory.message);
    if (validation) throw new EngineError('internal', `The GPU refused a command: ${validation.message}`);
    this.check();
    return value;
  }

  /** Copies `bytes` of a buffer to the CPU, after all work queued so far. */
  async read(source: GPUBuffer, bytes = source.size, offset = 0): Promise<ArrayBuffer> {
    this.check();
    const staging = this.staging(`read ${source.label}`, bytes);
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, offset, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    try {
      await this.answer(staging.mapAsync(GPUMapMode.READ));
      const copy = staging.getMappedRange(0, bytes).slice(0);
      this.check();
      return copy;
    } finally {
      this.release(staging);
    }
  }

  /**
   * Waits for what the device is asked. What is under way when a device is lost, or after a command has failed, fails in
   * words of its own, and before the loss is reported: in place of such an error, `check`'s is thrown.
   */
  async answer<T>(pending: Promise<T>): Promise<T> {
    try {
      return await pending;
    } catch (error) {
      // In words of ours already.
      if (error instanceof EngineError) throw error;
      await Promise.race([this.lost, sleep(LOSS_REPORTED_MS)]);
      this.check();
      throw error;
    }
  }

  destroy(): void {
    this.device.destroy();
  }

  #create(label: string, bytes: number, usage: number): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > this.device.limits.maxBufferSize) {
      throw outOfMemory(
        `${label} needs ${size} bytes; this adapter's largest buffer is ${this.device.limits.maxBufferSize}`,
      );
    }
    this.#allocatedBytes += size;
    return this.device.createBuffer({ label, size, usage });
  }
}

/** What an adapter tells of its subgroup matrices; not in the types yet, since the proposal is still moving. */
interface SubgroupMatrixInfo {
  readonly subgroupMatrixConfigs?: Iterable<{
    readonly componentType: string;
    readonly resultComponentType: string;
    readonly M: number;
    readonly N: number;
    readonly K: number;
  }>;
}

/** The largest float16 matrices with float32 sums, where all subgroups have one size. */
function subgroupMatrixOf({ features, info }: GPUAdapter): SubgroupMatrix | undefined {
  const { subgroupMinSize: lanes, subgroupMaxSize } = info;
  if (!features.has(SUBGROUP_MATRICES) || lanes !== subgroupMaxSize) return undefined;
  const [largest] = [...((info as SubgroupMatrixInfo).subgroupMatrixConfigs ?? [])]
    .filter(
      ({ componentType, resultComponentType }) => componentType === 'f16' && resultComponentType === 'f32',
    )
    .sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K);
  return largest && { M: largest.M, N: largest.N, K: largest.K, lanes };
}

function outOfMemory(detail: string): EngineError {
  return new EngineError(
    'out-of-memory',
    `The GPU has not enough memory (${detail}). Choose a smaller model, a shorter context or a smaller batch.`,
  );
}
