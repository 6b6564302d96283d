// Matrix products: cubes, for comparison with libraries, and every shape of the benchmark models' layers,
// forward and both gradients as a training step computes them, in float32 and in mixed precision.

import { PlanBuilder } from '../../gpu/plan.ts';
import {
  kernelVariants,
  type MatmulShape,
  product,
  reduce,
  splitParts,
  storageOf,
} from '../../kernels/index.ts';
import { type ModelConfig, PRECISIONS, type Precision } from '../../model/config.ts';
import type { Bench } from '../bench.ts';
import { withBuffers } from '../buffers.ts';
import { type BenchModel, benchModels, tinyModels } from '../models.ts';
import type { Measured, RowOf } from '../rows.ts';
import { matmulDemand, theoryMs } from '../theory.ts';
import { timePlan } from '../timing.ts';

interface Product {
  /** Of a model's layer, or empty. */
  readonly model: string;
  readonly layer: string;
  readonly pass: 'forward' | 'input gradient' | 'weight gradient';
  readonly shape: MatmulShape;
}

type NamedProduct = Pick<Product, 'pass' | 'shape'> & { readonly name: string };

export async function* matmulRows(bench: Bench): AsyncGenerator<RowOf<'matmul'>> {
  const cubes = bench.software ? [64, 128] : [2048, 4096];
  const models = (bench.software ? tinyModels : benchModels).filter(({ name }) =>
    name.startsWith(bench.settings.model),
  );
  const products = [
    ...cubes.flatMap((size) => layerProducts('', `${size} cubed`, size, size, size)),
    ...models.flatMap(modelProducts),
  ];
  for (const precision of PRECISIONS) {
    for (const { name, pass, shape } of distinctProducts(products)) {
      const { M, N, K } = shape;
      yield bench.row('matmul', { name, pass, precision, M, N, K }, () =>
        measureProduct(bench, shape, precision),
      );
    }
  }
}

/** Every linear layer of a model, forward and both gradients. */
export function modelProducts({ name, config, shape }: BenchModel): Product[] {
  const rows = shape.microBatch * config.contextLength;
  const [model = ''] = name.split(' ');
  return layersOf(config).flatMap(([layer, dIn, dOut]) => layerProducts(model, layer, rows, dIn, dOut));
}

/** Layers and models share shapes: each once, with the names of all that have it. */
export function distinctProducts(products: readonly Product[]): NamedProduct[] {
  const found = new Map<string, { product: Product; models: Map<string, Set<string>> }>();
  for (const product of products) {
    const key = JSON.stringify(product.shape);
    const { models } = found.get(key) ?? found.set(key, { product, models: new Map() }).get(key)!;
    models.set(product.layer, (models.get(product.layer) ?? new Set()).add(product.model));
  }
  return [...found.values()].map(({ product: { pass, shape }, models }) => {
    const names = [...models].map(([layer, those]) => `${[...those].join(', ')} ${layer}`.trim());
    return { name: names.join('; '), pass, shape };
  });
}

function layersOf(config: ModelConfig): (readonly [name: string, dIn: number, dOut: number])[] {
  const { dModel, dFF, dQueryKey, vocabSize } = config;
  return [
    ['query, key, value', dModel, 2 * dQueryKey + dModel],
    ['attention output', dModel, dModel],
    ['feed-forward in', dModel, dFF],
    ['feed-forward out', dFF, dModel],
    ['logits', dModel, vocabSize],
  ];
}

/** y [rows, dOut] = x [rows, dIn] W, and its gradients. */
function layerProducts(model: string, layer: string, rows: number, dIn: number, dOut: number): Product[] {
  const parts = splitParts(dIn, dOut, rows);
  const of = { model, layer };
  return [
    { ...of, pass: 'forward', shape: { M: rows, N: dOut, K: dIn } },
    { ...of, pass: 'input gradient', shape: { M: rows, N: dIn, K: dOut, transposeB: true } },
    { ...of, pass: 'weight gradient', shape: { M: dIn, N: dOut, K: rows, transposeA: true, parts } },
  ];
}

async function measureProduct(
  { gpu, ceilings }: Bench,
  shape: MatmulShape,
  precision: Precision,
): Promise<Measured<'matmul'>> {
  const variants = kernelVariants(gpu.profile, storageOf(precision));
  const { M, N, K, transposeA = false, parts = 1 } = shape;
  const sizes = { a: M * K, b: K * N, out: parts * M * N, gradient: transposeA ? M * N : 4 };
  return withBuffers(gpu, sizes, async ({ a, b, out, gradient }) => {
    const plan = new PlanBuilder(gpu);
    plan.add(product(variants, shape, { kind: 'store' }), { a, b, out });
    if (transposeA) plan.add(reduce({ parts, size: M * N }), { partials: out, gradient });
    const { ms, spreadMs, runs } = await timePlan(gpu, await plan.build());
    const demand = matmulDemand(M, N, K);
    const theory = theoryMs(demand, ceilings);
    return {
      ms,
      spreadMs,
      runs,
      teraflops: demand.flops / ms / 1e9,
      theoryMs: theory,
      ofTheory: theory / ms,
    };
  });
}
