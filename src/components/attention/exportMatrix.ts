// A matrix as a file: PNG as it is painted, SVG as rectangles that can be edited. Both carry title, legend and range.

import { FACTOR_WORDS, type Factor, type PatternHead } from '../../patterns/index.ts';
import { count } from '../format.ts';
import { coverage, factorsOf } from './coverage.ts';
import { patternPainter, strength } from './paint.ts';
import { css, type Palette } from './palette.ts';
import type { View } from './view.ts';

export interface MatrixPicture {
  readonly heads: readonly PatternHead[];
  readonly length: number;
  readonly view: View;
  readonly query: number;
  readonly title: string;
  readonly words: string;
  readonly palette: Palette;
}

const SIDE = 1200;
const MARGIN = 40;
const HEADER = 96;
const FOOTER = 48;
/** Cells along a side of an SVG: more would make files that nothing opens. */
const SVG_CELLS = 256;
const LEVELS = 8;

export async function exportMatrix(picture: MatrixPicture, kind: 'png' | 'svg'): Promise<Blob> {
  return kind === 'svg' ? new Blob([matrixSvg(picture)], { type: 'image/svg+xml' }) : matrixPng(picture);
}

function captions({ length, view, query }: MatrixPicture): string {
  const range = (first: number) =>
    `${count(Math.floor(first))}–${count(Math.ceil(first + view.span) - 1)} of ${count(length)}`;
  return `queries ${range(view.query)} (down), keys ${range(view.key)} (across), position ${count(query)} marked`;
}

/** The marked row within the picture, in shares of its side; null where it is outside. */
function markedRow({ view, query }: MatrixPicture): { top: number; height: number } | null {
  const top = (query - view.query) / view.span;
  const height = 1 / view.span;
  return top + height <= 0 || top >= 1 ? null : { top: Math.max(0, top), height: Math.min(height, 1 - top) };
}

export function matrixSvg(picture: MatrixPicture): string {
  const { heads, length, view, title, words, palette } = picture;
  const { cells, shares } = coverage(heads, length, SVG_CELLS, view);
  const cell = SIDE / cells;
  const row = markedRow(picture);
  const factors = factorsOf(heads);
  const parts = [
    `<rect width="100%" height="100%" fill="${css(palette.card)}"/>`,
    `<text x="${MARGIN}" y="44" font-size="28" font-weight="700">${escaped(title)}</text>`,
    `<text x="${MARGIN}" y="76" font-size="20">${escaped(words)}</text>`,
    ...factors.map((factor, index) => legendSvg(factor, index, factors.length, palette)),
    `<g transform="translate(${MARGIN} ${HEADER})">`,
    `<path fill="${css(palette.empty)}" d="${pastPath(view)}"/>`,
    ...[...shares].flatMap(([factor, share]) =>
      Array.from({ length: LEVELS }, (_, index) => index + 1).map((level) => {
        const path = levelPath(share, cells, cell, level);
        return path
          ? `<path fill="${css(palette.factors[factor])}" fill-opacity="${level / LEVELS}" d="${path}"/>`
          : '';
      }),
    ),
    row
      ? `<rect x="0" y="${fixed(row.top * SIDE)}" width="${SIDE}" height="${fixed(Math.max(2, row.height * SIDE))}" fill="none" stroke="${css(palette.text)}" stroke-width="2"/>`
      : '',
    '</g>',
    `<text x="${MARGIN}" y="${HEADER + SIDE + 32}" font-size="18">${escaped(captions(picture))}</text>`,
  ];
  const [width, height] = [SIDE + 2 * MARGIN, HEADER + SIDE + FOOTER];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Inter, system-ui, sans-serif" fill="${css(palette.text)}"><title>${escaped(`${title}, ${words}`)}</title>${parts.join('')}</svg>`;
}

const fixed = (value: number) => String(Math.round(value * 100) / 100);
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function legendSvg(factor: Factor, index: number, of: number, palette: Palette): string {
  const x = MARGIN + SIDE - (of - index) * 170;
  return `<rect x="${x}" y="28" width="18" height="18" rx="4" fill="${css(palette.factors[factor])}"/><text x="${x + 26}" y="44" font-size="20">${FACTOR_WORDS[factor]}</text>`;
}

/** The part of the square in which keys are no later than their query. */
function pastPath({ query, key, span }: View): string {
  // The diagonal, from where it enters the view to where it leaves it.
  const at = (value: number) => fixed(Math.min(1, Math.max(0, value / span)) * SIDE);
  const [top, bottom] = [query - key, query - key + span];
  if (top >= span) return `M0 0H${SIDE}V${SIDE}H0Z`;
  if (bottom <= 0) return '';
  return `M0 ${at(-top)}L0 ${SIDE}H${at(bottom)}${bottom > span ? `V${at(span - top)}` : ''}L${at(top)} ${at(-top)}Z`;
}

/** The cells whose strength rounds to a level, neighbours of a row joined. */
function levelPath(share: Float32Array, cells: number, cell: number, level: number): string {
  const isLevel = (index: number) => Math.round(strength(share[index] ?? 0) * LEVELS) === level;
  let path = '';
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      if (!isLevel(row * cells + column)) continue;
      const first = column;
      while (column + 1 < cells && isLevel(row * cells + column + 1)) column++;
      path += `M${fixed(first * cell)} ${fixed(row * cell)}h${fixed((column + 1 - first) * cell)}v${fixed(cell)}H${fixed(first * cell)}z`;
    }
  }
  return path;
}

async function matrixPng(picture: MatrixPicture): Promise<Blob> {
  const { heads, length, view, title, words, palette } = picture;
  const canvas = new OffscreenCanvas(SIDE + 2 * MARGIN, HEADER + SIDE + FOOTER);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no canvas to draw on.');
  context.fillStyle = css(palette.card);
  context.fillRect(0, 0, canvas.width, canvas.height);
  const write = (text: string, x: number, y: number, font: string) => {
    context.font = `${font} Inter, system-ui, sans-serif`;
    context.fillStyle = css(palette.text);
    context.fillText(text, x, y);
  };
  write(title, MARGIN, 44, '700 28px');
  write(words, MARGIN, 76, '20px');
  for (const [index, factor] of factorsOf(heads).entries()) {
    const x = MARGIN + SIDE - (factorsOf(heads).length - index) * 170;
    context.fillStyle = css(palette.factors[factor]);
    context.fillRect(x, 28, 18, 18);
    write(FACTOR_WORDS[factor], x + 26, 44, '20px');
  }
  const square = new OffscreenCanvas(SIDE, SIDE);
  const squareContext = square.getContext('2d');
  if (!squareContext) throw new Error('This browser gives no canvas to draw on.');
  const image = squareContext.createImageData(SIDE, SIDE);
  patternPainter(heads, length)(image, view, palette);
  squareContext.putImageData(image, 0, 0);
  context.drawImage(square, MARGIN, HEADER);
  const row = markedRow(picture);
  if (row) {
    context.strokeStyle = css(palette.text);
    context.lineWidth = 2;
    context.strokeRect(MARGIN, HEADER + row.top * SIDE, SIDE, Math.max(2, row.height * SIDE));
  }
  write(captions(picture), MARGIN, HEADER + SIDE + 32, '18px');
  return canvas.convertToBlob({ type: 'image/png' });
}
