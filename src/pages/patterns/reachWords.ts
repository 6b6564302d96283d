// Reach in words and numbers.

import { count } from '../../components/format.ts';

/** 0.2578 -> "25.8%"; never "100%" for less than all, nor "0%" for more than nothing. */
export function percent(share: number): string {
  const value = 100 * share;
  if (share > 1) return `${value.toFixed(1)}%`;
  if (share === 1) return '100%';
  if (value >= 10) return `${Math.min(99.9, value).toFixed(1)}%`;
  if (value >= 0.1 || value === 0) return `${value === 0 ? '0' : value.toFixed(1)}%`;
  return value >= 0.001 ? `${value.toPrecision(2)}%` : '< 0.001%';
}

/** How many queries are followed for the share of all pairs: all of a short sequence, some of a long one. */
export function queriesLookedAt(length: number): number {
  if (length <= 512) return length;
  return Math.max(8, Math.min(64, Math.floor(2 ** 20 / length)));
}

const MOST_STRETCHES = 3;

/** "Position 52 never knows of 6 positions: 0, 2–5, 9 …" from marks of what it ever knows of. */
export function neverWords(query: number, ever: Uint8Array): string {
  const stretches: string[] = [];
  let never = 0;
  for (let position = 0; position < ever.length; position++) {
    if (ever[position] === 1) continue;
    const first = position;
    while (position + 1 < ever.length && ever[position + 1] === 0) position++;
    never += position + 1 - first;
    if (stretches.length <= MOST_STRETCHES) {
      stretches.push(first === position ? count(first) : `${count(first)}–${count(position)}`);
    }
  }
  const who = `position ${count(query)}`;
  if (never === 0) return `In time, ${who} knows of every earlier one.`;
  const some = stretches.slice(0, MOST_STRETCHES).join(', ');
  const words = stretches.length > MOST_STRETCHES ? `${some} …` : some;
  return `However deep the model, ${who} never knows of ${count(never)} earlier ${never === 1 ? 'one' : 'ones'}: ${words}.`;
}
