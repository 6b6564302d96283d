// The order in which files are read: the same for the same files, wherever they came from.

import { hash4 } from '../../lib/random.ts';

const collator = new Intl.Collator('en', { numeric: true });

/** By name, numbers in names as numbers: chapter 2 before chapter 10. */
export function inReadingOrder<T extends { readonly name: string }>(files: readonly T[]): T[] {
  return [...files].sort((a, b) => collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1));
}

const SHUFFLE = 0xf01d;

/** In an order without a pattern that depends on their number alone. */
export function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor((hash4(SHUFFLE, order.length, last, 0) / 2 ** 32) * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
