// The products that are measured: every shape of the models' layers, once.

import { expect, test } from 'vitest';
import { benchModels } from '../models.ts';
import { distinctProducts, modelProducts } from './matmul.ts';

const products = benchModels.flatMap(modelProducts);
const distinct = distinctProducts(products);

test('no shape is measured twice, and none is left out', () => {
  const shapes = (list: readonly { readonly shape: object }[]) =>
    list.map(({ shape }) => JSON.stringify(shape));
  expect(new Set(shapes(distinct)).size).toBe(distinct.length);
  expect(new Set(shapes(distinct))).toEqual(new Set(shapes(products)));
});

test('a shape is named after every layer and model that has it, in every pass', () => {
  expect(distinct.filter(({ pass }) => pass === 'forward').map(({ name }) => name)).toEqual([
    'T1 query, key, value',
    'T1 attention output; T1 logits',
    'T1 feed-forward in',
    'T1 feed-forward out',
    'T2, T3 query, key, value',
    'T2, T3 attention output; T2, T3 logits',
    'T2 feed-forward in',
    'T2 feed-forward out',
    'T3 feed-forward in',
    'T3 feed-forward out',
  ]);
  expect(distinct).toHaveLength(30);
});
