// A row in words, for people.

import { isMeasured, type MeasuredRow, type Row } from '../src/measure/rows.ts';

/** A number with about three digits, without exponents. */
export function digits(value: number, count = 3): string {
  if (value === 0) return '0';
  const places = Math.max(0, count - 1 - Math.floor(Math.log10(Math.abs(value))));
  return places <= 20 ? withCommas(value.toFixed(places)) : '0';
}

/** A whole number with commas between thousands. */
export function whole(value: number): string {
  return withCommas(value.toFixed(0));
}

function withCommas(text: string): string {
  const [integer = '', fraction] = text.split('.');
  const grouped = integer.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

export function percent(share: number): string {
  return `${digits(100 * share, share < 0.1 ? 2 : 3)}%`;
}

export function mebibytes(bytes: number): string {
  return `${whole(bytes / 2 ** 20)} MiB`;
}

/** What a row measured. */
export function subjectWords(row: Row): string {
  switch (row.group) {
    case 'attention':
      return `${row.pattern}, length ${whole(row.length)}`;
    case 'matmul':
      return `${row.name}, ${row.precision}, ${row.pass} [${row.M} x ${row.K}] [${row.K} x ${row.N}]`;
    case 'train':
      return `${row.model}, ${row.precision}`;
    case 'watch':
      return `${row.model}, length ${whole(row.length)}, pieces of ${row.piece}`;
    case 'sample':
      return `${row.model}, length ${whole(row.length)}, ${row.samples} at once, ${row.part}`;
    case 'memory':
      return `${row.layers} layers${row.recompute ? ', recomputed' : ''}`;
    case 'length':
      return `length ${whole(row.length)}, stride ${row.stride}`;
    case 'startup':
      return row.preset;
  }
}

export function rowWords(row: Row): string {
  const subject = `${row.group.padEnd(9)} ${subjectWords(row)}: `;
  return subject + (isMeasured(row) ? resultWords(row) : row.skipped);
}

function resultWords(row: MeasuredRow): string {
  switch (row.group) {
    case 'attention':
      return [
        `forward ${digits(row.forwardMs)} ms (${percent(row.forwardOfTheory)} of theory)`,
        `backward ${digits(row.backwardMs)} ms (${percent(row.backwardOfTheory)})`,
        `${percent(row.pairsOfDense)} of dense pairs`,
        ...(row.forwardOfDense === null ? [] : [`${percent(row.forwardOfDense)} of dense time`]),
      ].join(', ');
    case 'matmul':
      return `${digits(row.ms)} ms, ${digits(row.teraflops)} TFLOP/s (${percent(row.ofTheory)} of theory)`;
    case 'train':
      return [
        `${digits(row.stepMs)} ms a step (${digits(row.pipelinedMs)} pipelined, ${percent(row.ofTheory)} of theory)`,
        `${whole(row.tokensPerSecond)} tokens/s`,
        mebibytes(row.memoryBytes),
        `loss ${row.loss0.toFixed(4)} -> ${row.loss19.toFixed(4)}`,
        ...(row.kernels ?? [])
          .slice(0, 12)
          .map(({ kernel, dispatches, ms }) => `\n  ${digits(ms)} ms in ${dispatches} x ${kernel}`),
      ].join(', ');
    case 'watch':
      return `${digits(row.watchedMs)} ms a byte watched, ${digits(row.plainMs)} without: ${percent(row.kept)} of the speed kept`;
    case 'sample':
      return `${digits(row.tokensPerSecond)} tokens/s, ${digits(row.tokenMs)} ms a step (${percent(row.ofTheory)} of theory)`;
    case 'memory':
      return `planned ${mebibytes(row.plannedBytes)}, ${row.allocatedBytes === null ? row.notAllocated : `allocated ${mebibytes(row.allocatedBytes)}`}`;
    case 'length':
      return [
        `${digits(row.stepMs)} ms a step (${percent(row.ofTheory)} of theory)`,
        ...(row.ofSquareRootLaw === null
          ? []
          : [`${digits(row.ofSquareRootLaw)} of n sqrt(n) from the first`]),
        mebibytes(row.memoryBytes),
        `${row.submissions} submissions of ${digits(row.longestSubmissionMs)} ms at most`,
      ].join(', ');
    case 'startup':
      return `${digits(row.createMs)} ms to lay out, ${digits(row.drawMs)} to draw weights, ${digits(row.firstStepMs)} to compile and take the first step; all of it again in ${digits(row.againMs)}`;
  }
}
