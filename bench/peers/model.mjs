// The model that every peer trains, as its initial weights: a pre-LN transformer without biases, learned positions,
// vocabulary 256, dense causal attention, x * sigmoid(1.702 x), untied output.

import { normal } from '../../src/lib/random.ts';
import { benchModels, tinyModels } from '../../src/measure/models.ts';

export const LEARNING_RATE = 1e-3;
export const BETAS = [0.9, 0.999];
export const EPS = 1e-8;
export const NORM_EPS = 1e-5;

/** T1 or T3 with dense attention: { name, layers, d, heads, ff, n, batch }. */
export function peerModel(name, tiny) {
  const { config, shape } = (tiny ? tinyModels : benchModels).find((model) => model.name.startsWith(name));
  return {
    name: `${name} dense${tiny ? ', tiny' : ''}`,
    layers: config.nLayer,
    d: config.dModel,
    heads: config.nHead,
    ff: config.dFF,
    n: config.contextLength,
    batch: shape.microBatch,
  };
}

/** Name, shape and values of every parameter: normal with a deviation of 0.02, ones and zeros for the norms. */
export function initialWeights({ layers, d, ff, n }) {
  const weights = {};
  const add = (name, shape, values) => {
    weights[name] = { shape, values };
  };
  const matrix = (name, shape, std = 0.02) => {
    const index = Object.keys(weights).length;
    const values = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => std * normal(1, 2, index, i));
    add(name, shape, values);
  };
  const norm = (name) => {
    add(`${name}.gain`, [d], new Float32Array(d).fill(1));
    add(`${name}.bias`, [d], new Float32Array(d));
  };
  const residual = 0.02 / Math.sqrt(2 * layers);
  matrix('embed', [256, d]);
  matrix('position', [n, d]);
  for (let layer = 0; layer < layers; layer++) {
    norm(`${layer}.norm1`);
    matrix(`${layer}.qkv`, [d, 3 * d]);
    matrix(`${layer}.output`, [d, d], residual);
    norm(`${layer}.norm2`);
    matrix(`${layer}.in`, [d, ff]);
    matrix(`${layer}.out`, [ff, d], residual);
  }
  norm('final');
  matrix('logits', [d, 256]);
  return weights;
}
