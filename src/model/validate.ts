// Checks a configuration that came from outside: a file, a link, a form. Every problem is a sentence that
// names the field and its value and says what to do.

import { EngineError } from '../lib/errors.ts';
import { FACTORS, type Factor, segmentsOf } from '../patterns/index.ts';
import type { ModelConfig } from './config.ts';

/** Characters of JSON that are read at most. */
const MAX_JSON_LENGTH = 2 ** 20;
const MAX_CONTEXT_LENGTH = 2 ** 20;
const MAX_LAYERS = 1024;
const MAX_WIDTH = 16_384;
/** While sampling, a workgroup of the 256 threads that every GPU allows holds a head, four features a thread. */
const MAX_HEAD_WIDTH = 1024;

const KNOWN_FACTORS: ReadonlySet<unknown> = new Set(FACTORS);

type Fields = Record<string, unknown>;

/** A configuration from its JSON. Throws an EngineError with the first problem. */
export function parseConfig(json: string): ModelConfig {
  if (json.length > MAX_JSON_LENGTH) {
    throw new EngineError(
      'bad-config',
      `The configuration is ${json.length} characters long; it cannot be one.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new EngineError('bad-config', 'The configuration is not valid JSON.', { cause: error });
  }
  return checkConfig(value);
}

/** `value` itself, when it is a configuration that can run. Throws an EngineError with the first problem. */
export function checkConfig(value: unknown): ModelConfig {
  const [problem] = configProblems(value);
  if (problem !== undefined) throw new EngineError('bad-config', problem);
  return value as ModelConfig;
}

/** Why a value is no configuration that can run, in sentences; empty when it is one. */
export function configProblems(config: unknown): string[] {
  const problems: string[] = [];
  const report = (problem: string) => problems.push(problem);
  if (!isObject(config)) return [`The configuration is ${show(config)}; it must be an object.`];
  checkKeys(config, '', CONFIG_KEYS, report);
  checkInteger(config, 'contextLength', 2, MAX_CONTEXT_LENGTH, report);
  checkInteger(config, 'nLayer', 1, MAX_LAYERS, report);
  checkInteger(config, 'nHead', 1, MAX_WIDTH / 4, report);
  for (const name of ['dModel', 'dFF', 'dQueryKey']) checkInteger(config, name, 4, MAX_WIDTH, report);
  checkWidths(config, report);
  if ('vocabSize' in config && config.vocabSize !== 256) {
    report(`vocabSize is ${show(config.vocabSize)}, but models read and write bytes; set it to 256.`);
  }
  if ('linearBias' in config && typeof config.linearBias !== 'boolean') {
    report(`linearBias is ${show(config.linearBias)}; set it to true or false.`);
  }
  if ('initialisation' in config && !['released', 'paper'].includes(config.initialisation as string)) {
    report(`initialisation is ${show(config.initialisation)}; set it to "released" or "paper".`);
  }
  if ('dropout' in config) {
    const { dropout } = config;
    if (typeof dropout !== 'number' || !(dropout >= 0 && dropout < 1)) {
      report(`dropout is ${show(dropout)}; set it to a number from 0 to below 1.`);
    }
  }
  if ('positions' in config) checkPositions(config.positions, config.contextLength, report);
  if ('attention' in config) checkAttention(config.attention, config.nHead, report);
  return problems;
}

type Report = (problem: string) => void;

const CONFIG_KEYS = [
  'vocabSize',
  'contextLength',
  'nLayer',
  'nHead',
  'dModel',
  'dFF',
  'dQueryKey',
  'linearBias',
  'attention',
  'positions',
  'initialisation',
  'dropout',
];

/** Every key is known and none but the optional ones is missing. `prefix` is the path of the object, with a dot at its end. */
function checkKeys(
  fields: Fields,
  prefix: string,
  keys: readonly string[],
  report: Report,
  optional: readonly string[] = [],
): void {
  const unknown = Object.keys(fields).find((key) => !keys.includes(key) && !optional.includes(key));
  if (unknown !== undefined) {
    report(`${show(prefix + unknown)} is no field of a configuration; remove it.`);
  }
  for (const key of keys) if (!Object.hasOwn(fields, key)) report(`${prefix}${key} is missing; add it.`);
}

/** True, and nothing reported, when the field `path` ends in is a whole number from `min` to `max`. */
function checkInteger(fields: Fields, path: string, min: number, max: number, report: Report): boolean {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (!Object.hasOwn(fields, name)) return false;
  const value = fields[name];
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return true;
  report(`${path} is ${show(value)}; set it to a whole number from ${min} to ${max}.`);
  return false;
}

/** The widths of heads, and of the feed-forward sub-block, are multiples of 4, as the kernels read four numbers at a time. */
function checkWidths({ nHead, dModel, dFF, dQueryKey }: Fields, report: Report): void {
  const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
  if (isCount(nHead)) {
    for (const [name, width] of Object.entries({ dModel, dQueryKey })) {
      if (isCount(width) && width % (4 * nHead) !== 0) {
        report(
          `${name} is ${width}, but it must divide by 4 times nHead (${nHead}); set it to a multiple of ${4 * nHead}.`,
        );
      } else if (isCount(width) && width > MAX_HEAD_WIDTH * nHead) {
        report(
          `${name} is ${width}, which makes heads ${width / nHead} wide with nHead ${nHead}; a head is at most ${MAX_HEAD_WIDTH} wide, so set nHead to ${Math.ceil(width / MAX_HEAD_WIDTH)} or more.`,
        );
      }
    }
  }
  if (isCount(dFF) && dFF % 4 !== 0) report(`dFF is ${dFF}; set it to a multiple of 4.`);
}

function checkPositions(positions: unknown, contextLength: unknown, report: Report): void {
  if (!isObject(positions)) {
    report(`positions is ${show(positions)}; it must be an object with a kind.`);
  } else if (positions.kind === 'attention') {
    checkKeys(positions, 'positions.', ['kind', 'stride'], report);
    checkInteger(positions, 'positions.stride', 1, MAX_CONTEXT_LENGTH, report);
  } else if (positions.kind === 'image') {
    checkKeys(positions, 'positions.', ['kind', 'height', 'width', 'channels'], report);
    const sides = ['height', 'width', 'channels'];
    const good = sides.filter((side) =>
      checkInteger(positions, `positions.${side}`, 1, MAX_CONTEXT_LENGTH, report),
    );
    if (good.length < sides.length) return;
    const bytes = sides.reduce((product, side) => product * (positions[side] as number), 1);
    if (bytes !== contextLength) {
      report(
        `positions describes an image of ${bytes} bytes, but contextLength is ${show(contextLength)}; make them equal.`,
      );
    }
  } else {
    report(`positions.kind is ${show(positions.kind)}; set it to "attention" or "image".`);
  }
}

function checkAttention(attention: unknown, nHead: unknown, report: Report): void {
  if (!isObject(attention)) {
    report(`attention is ${show(attention)}; it must be an object with stride, summaryCells and layers.`);
    return;
  }
  checkKeys(attention, 'attention.', ['stride', 'summaryCells', 'layers'], report, ['dilation']);
  checkInteger(attention, 'attention.dilation', 1, MAX_CONTEXT_LENGTH, report);
  const { stride, summaryCells, layers } = attention;
  const hasStride = checkInteger(attention, 'attention.stride', 1, MAX_CONTEXT_LENGTH, report);
  const hasCells = checkInteger(attention, 'attention.summaryCells', 1, MAX_CONTEXT_LENGTH, report);
  if (hasStride && hasCells && (summaryCells as number) > (stride as number)) {
    report(
      `attention.summaryCells is ${summaryCells}, but a block has only ${stride} cells (attention.stride); set it to ${stride} or less.`,
    );
  }
  if ('layers' in attention) {
    const problem = layersProblem(layers, nHead);
    if (problem) report(problem);
  }
}

/** The first problem of attention.layers. */
function layersProblem(layers: unknown, nHead: unknown): string | undefined {
  const path = 'attention.layers';
  if (!isList(layers, MAX_LAYERS)) {
    return `${path} is ${show(layers)}; it must be a list of 1 to ${MAX_LAYERS} layers, such as [[["dense"]]].`;
  }
  const mostHeads = Number.isInteger(nHead) ? Math.max(1, nHead as number) : MAX_LAYERS;
  for (const [layer, heads] of layers.entries()) {
    if (!isList(heads, mostHeads)) {
      return `${path}[${layer}] is ${show(heads)}; it must list the factors of 1 to ${mostHeads} heads, such as [["dense"]].`;
    }
    for (const [head, factors] of heads.entries()) {
      const problem = unionProblem(factors);
      if (problem) return `${path}[${layer}][${head}] ${problem}`;
    }
  }
  return undefined;
}

function unionProblem(factors: unknown): string | undefined {
  if (!isList(factors, FACTORS.length)) {
    return `is ${show(factors)}; it must list the factors that one head joins, such as ["dense"].`;
  }
  const stranger = factors.findIndex((factor) => !KNOWN_FACTORS.has(factor));
  if (stranger >= 0) {
    return `has the factor ${show(factors[stranger])}; use ${FACTORS.slice(0, -1).join(', ')} or ${FACTORS.at(-1)}.`;
  }
  if (new Set(factors).size < factors.length) return 'names a factor twice; name each once.';
  if (factors.length > 1 && factors.includes('dense')) {
    return 'joins dense with other factors, which it holds already; use dense alone.';
  }
  try {
    segmentsOf(factors as Factor[], { stride: 2, summaryCells: 1, nHead: 1 }, 2);
  } catch (error) {
    return `cannot run: ${(error as RangeError).message}`;
  }
  return undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown, longest: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length >= 1 && value.length <= longest;
}

/** A value in a sentence, kept short whatever it is. */
function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
