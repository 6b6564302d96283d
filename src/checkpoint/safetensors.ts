// The safetensors format (https://github.com/huggingface/safetensors), float32 and float16 alone: eight bytes of header
// length, a JSON header, and the tensors' bytes without gaps. The reader accepts what the reference library accepts,
// within our caps, except for a key that occurs twice; everything else is refused with the place of the error.

import { Failure } from '../lib/errors.ts';
import { halvesOf, numbersOfHalves } from '../lib/half.ts';
import { COUNTS_ONLY, type Json, JsonError, type JsonObject, readJson } from '../lib/json.ts';

export interface Tensor {
  readonly shape: readonly number[];
  /** Row-major, as many as the product of the shape. */
  readonly data: Float32Array;
}

export interface TensorFile {
  /** In the order of the file's header. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** How numbers are stored: 4 bytes each, or 2. In memory they are float32. */
export type StoredType = 'F32' | 'F16';

const BYTES: Readonly<Record<StoredType, number>> = { F32: 4, F16: 2 };

export type SafetensorsProblem =
  | 'too-short'
  | 'header-too-large'
  | 'header-not-json'
  | 'bad-metadata'
  | 'bad-tensor'
  | 'unsupported-dtype'
  | 'bad-offsets';

/** A file that is not safetensors as we read it. */
export class SafetensorsError extends Failure {
  readonly problem: SafetensorsProblem;
  /** Bytes before the error. */
  readonly offset: number;
  constructor(problem: SafetensorsProblem, message: string, offset: number) {
    super('bad-file', `This is not a safetensors file that can be read: ${message} (at byte ${offset}).`);
    this.name = 'SafetensorsError';
    this.problem = problem;
    this.offset = offset;
  }
}

const MAX_HEADER_BYTES = 2 ** 20;
const HEADER_START = 8;
const METADATA = '__metadata__';

/** Writes tensors in the order of the map, their bytes starting at a multiple of 8; as F16, rounded to the nearest. */
export function writeSafetensors(
  { tensors, metadata }: TensorFile,
  dtype: StoredType = 'F32',
): Uint8Array<ArrayBuffer> {
  let dataBytes = 0;
  const entries: [name: string, json: string][] = [];
  if (metadata.size > 0) {
    entries.push([METADATA, jsonObject([...metadata].map(([key, text]) => [key, JSON.stringify(text)]))]);
  }
  for (const [name, { shape, data }] of tensors) {
    const begin = dataBytes;
    dataBytes += BYTES[dtype] * data.length;
    entries.push([name, JSON.stringify({ dtype, shape, data_offsets: [begin, dataBytes] })]);
  }
  const header = new TextEncoder().encode(jsonObject(entries));
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(HEADER_START + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, HEADER_START, HEADER_START + headerBytes);
  file.set(header, HEADER_START);
  let at = HEADER_START + headerBytes;
  for (const { data } of tensors.values()) {
    const stored = dtype === 'F16' ? halvesOf(data) : data;
    file.set(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength), at);
    at += stored.byteLength;
  }
  return file;
}

/** An object in the given order, which a JavaScript object would not keep for keys like "0". */
function jsonObject(entries: readonly (readonly [key: string, json: string])[]): string {
  return `{${entries.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join()}}`;
}

/** Reads a whole file; the tensors are copies. Throws a `SafetensorsError`. */
export function readSafetensors(file: Uint8Array): TensorFile {
  const { header, dataStart } = readHeader(file);
  const metadata = new Map<string, string>();
  const entries: ({ name: string } & Entry)[] = [];
  for (const [name, value] of header) {
    if (name === METADATA) {
      if (!(value instanceof Map)) return refuse('bad-metadata', 'the metadata is not an object');
      for (const [key, text] of value) {
        if (typeof text !== 'string') return refuse('bad-metadata', `the metadata "${key}" is not a string`);
        metadata.set(key, text);
      }
    } else {
      entries.push({ name, ...readEntry(name, value) });
    }
  }

  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      const what = begin < covered ? 'overlaps the tensor before it' : 'leaves a hole before it';
      return refuse('bad-offsets', `the tensor "${name}" ${what}`, dataStart + Math.min(begin, file.length));
    }
    covered = end;
    if (dataStart + end > file.length) {
      return refuse('bad-offsets', `the tensor "${name}" ends behind the file`, file.length);
    }
  }
  if (dataStart + covered !== file.length) {
    return refuse('bad-offsets', 'bytes follow the last tensor', dataStart + covered);
  }

  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const { buffer } = file.slice(dataStart + begin, dataStart + end);
    const data = dtype === 'F16' ? numbersOfHalves(new Uint16Array(buffer)) : new Float32Array(buffer);
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata };
}

function refuse(problem: SafetensorsProblem, message: string, offset = HEADER_START): never {
  throw new SafetensorsError(problem, message, offset);
}

function readHeader(file: Uint8Array): { header: JsonObject; dataStart: number } {
  if (file.length < HEADER_START)
    return refuse('too-short', 'it is shorter than its header length', file.length);
  const headerBytes = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (headerBytes > MAX_HEADER_BYTES) {
    return refuse('header-too-large', `its header claims ${headerBytes} bytes`, 0);
  }
  const dataStart = HEADER_START + Number(headerBytes);
  if (dataStart > file.length) return refuse('too-short', 'it ends inside its header', file.length);
  let header: Json;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    header = readJson(text.decode(file.subarray(HEADER_START, dataStart)), {
      maxDepth: 8,
      numbers: COUNTS_ONLY,
    });
  } catch (error) {
    const isJson = error instanceof JsonError;
    const reason = isJson ? error.message : 'it is not UTF-8';
    return refuse('header-not-json', `in its header, ${reason}`, HEADER_START + (isJson ? error.offset : 0));
  }
  if (!(header instanceof Map)) return refuse('header-not-json', 'its header is not an object');
  return { header, dataStart };
}

const isCount = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value);

interface Entry {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Bytes from the start of the data. */
  readonly begin: number;
  readonly end: number;
}

const isStoredType = (value: unknown): value is StoredType => value === 'F32' || value === 'F16';

/** Checks one tensor's entry in itself: dtype, shape and offsets agree. */
function readEntry(name: string, entry: Json): Entry {
  const bad = (what: string) => refuse('bad-tensor', `the tensor "${name}" ${what}`);
  if (!(entry instanceof Map)) return bad('is not described by an object');
  const dtype = entry.get('dtype');
  if (!isStoredType(dtype)) {
    return refuse(
      'unsupported-dtype',
      `the tensor "${name}" has type ${String(dtype)}, only F32 and F16 can be read`,
    );
  }
  const shape = entry.get('shape');
  if (!Array.isArray(shape) || !shape.every(isCount)) return bad('has a shape that is not a list of counts');
  const offsets = entry.get('data_offsets');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return bad('has data_offsets that are not two counts');
  }
  const [begin, end] = offsets as [number, number];
  let sizeBytes = BYTES[dtype];
  for (const extent of shape) {
    sizeBytes *= extent;
    if (!Number.isSafeInteger(sizeBytes)) return bad('is larger than any file');
  }
  if (end - begin !== sizeBytes) return bad('has a shape that does not fit its data_offsets');
  return { dtype, shape, begin, end };
}
