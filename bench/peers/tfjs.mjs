// Training in TensorFlow.js on its WebGPU backend.

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { BETAS, EPS, initialWeights, LEARNING_RATE, NORM_EPS } from './model.mjs';

function layerNorm(x, p, name) {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).mul(variance.add(NORM_EPS).rsqrt()).mul(p[`${name}.gain`]).add(p[`${name}.bias`]);
}

/** x [rows, dIn] W, by way of a plain product of two matrices. */
function linear(x, weight) {
  const [batch, n, dIn] = x.shape;
  return tf.matMul(x.reshape([batch * n, dIn]), weight).reshape([batch, n, weight.shape[1]]);
}

/** x + a + b, [B, n, d]; `mask` [n, n] is added to the scores. */
function block(x, p, layer, mask, { heads, d, n, batch }) {
  const qkv = linear(layerNorm(x, p, `${layer}.norm1`), p[`${layer}.qkv`])
    .reshape([batch, n, 3, heads, d / heads])
    .transpose([2, 0, 3, 1, 4]);
  const [q, k, v] = tf.unstack(qkv);
  const scores = tf
    .matMul(q, k, false, true)
    .mul((d / heads) ** -0.5)
    .add(mask);
  const attended = tf.matMul(tf.softmax(scores), v).transpose([0, 2, 1, 3]).reshape([batch, n, d]);
  const middle = x.add(linear(attended, p[`${layer}.output`]));
  const u = linear(layerNorm(middle, p, `${layer}.norm2`), p[`${layer}.in`]);
  return middle.add(linear(u.mul(tf.sigmoid(u.mul(1.702))), p[`${layer}.out`]));
}

function meanLoss(p, inputs, targets, mask, model) {
  let x = tf.gather(p.embed, inputs).add(p.position);
  for (let layer = 0; layer < model.layers; layer++) x = block(x, p, layer, mask, model);
  const logits = linear(layerNorm(x, p, 'final'), p.logits);
  const rows = model.batch * model.n;
  const labels = tf.oneHot(targets.flatten(), 256);
  return tf.losses.softmaxCrossEntropy(labels, logits.reshape([rows, 256]));
}

/** Scales gradients down to a global norm of 1. Added one by one: `addN` binds more buffers than WebGPU allows. */
function clip(gradients) {
  const squares = Object.values(gradients).map((g) => g.square().sum());
  const norm = tf.sqrt(squares.reduce((a, b) => a.add(b)));
  const factor = tf.minimum(1, tf.reciprocal(norm.add(1e-6)));
  return Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, g.mul(factor)]));
}

/** Returns a function that trains on [batch, n] inputs and targets and resolves with the loss. */
export async function open(model) {
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js finds no WebGPU');
  await tf.ready();
  const weights = Object.entries(initialWeights(model));
  const p = Object.fromEntries(
    weights.map(([name, { shape, values }]) => [name, tf.variable(tf.tensor(values, shape), true, name)]),
  );
  const { n, batch } = model;
  const mask = tf.tidy(() =>
    tf.range(0, n).expandDims(1).less(tf.range(0, n).expandDims(0)).cast('float32').mul(-1e9),
  );
  const optimizer = tf.train.adam(LEARNING_RATE, ...BETAS, EPS);
  return async (_step, inputs, targets) => {
    const loss = tf.tidy(() => {
      const [x, y] = [inputs, targets].map((values) => tf.tensor2d(values, [batch, n], 'int32'));
      const { value, grads } = optimizer.computeGradients(() => meanLoss(p, x, y, mask, model));
      optimizer.applyGradients(clip(grads));
      return value;
    });
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
}
