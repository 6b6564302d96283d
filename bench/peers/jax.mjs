// Training in jax-js: value and gradient are one compiled function, clipping and Adam another.
// Arrays have owners there: a function consumes its arguments, and `.ref` keeps one for another use.

import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { BETAS, EPS, initialWeights, LEARNING_RATE, NORM_EPS } from './model.mjs';

function layerNorm(x, p, name) {
  return nn.standardize(x, -1, { epsilon: NORM_EPS }).mul(p[`${name}.gain`]).add(p[`${name}.bias`]);
}

/** x + a + b, [B, n, d]. */
function block(x, p, layer, { heads, d, n, batch }) {
  const qkv = np
    .matmul(layerNorm(x.ref, p, `${layer}.norm1`), p[`${layer}.qkv`])
    .reshape([batch, n, 3, heads, d / heads]);
  const [q, k, v] = [qkv.ref.slice([], [], 0), qkv.ref.slice([], [], 1), qkv.slice([], [], 2)];
  const attended = nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([batch, n, d]);
  const middle = x.add(np.matmul(attended, p[`${layer}.output`]));
  const u = np.matmul(layerNorm(middle.ref, p, `${layer}.norm2`), p[`${layer}.in`]);
  const activated = u.ref.mul(nn.sigmoid(u.mul(1.702)));
  return middle.add(np.matmul(activated, p[`${layer}.out`]));
}

function meanLoss(p, inputs, targets, model) {
  let x = np.take(p.embed, inputs, 0).add(p.position);
  for (let layer = 0; layer < model.layers; layer++) x = block(x, p, layer, model);
  const logits = np.matmul(layerNorm(x, p, 'final'), p.logits);
  return nn
    .logSoftmax(logits, -1)
    .mul(nn.oneHot(targets, 256))
    .sum()
    .mul(-1 / (model.batch * model.n));
}

/** Clips to a global norm of 1, and takes a step of Adam. `corrections` are 1 - beta ** step. */
function update(p, m, v, gradients, corrections) {
  const squares = tree.leaves(tree.ref(gradients)).map((g) => np.square(g).sum());
  const norm = np.sqrt(squares.reduce((a, b) => a.add(b)));
  const factor = np.minimum(np.reciprocal(norm.add(1e-6)), 1);
  const clipped = tree.map((g) => g.mul(factor.ref), gradients);
  factor.dispose();
  const [beta1, beta2] = BETAS;
  const newM = tree.map((a, g) => a.mul(beta1).add(g.mul(1 - beta1)), m, tree.ref(clipped));
  const newV = tree.map((a, g) => a.mul(beta2).add(np.square(g).mul(1 - beta2)), v, clipped);
  const [first, second] = [corrections.ref.slice(0), corrections.slice(1)];
  const change = (a, b) =>
    a
      .div(first.ref)
      .div(np.sqrt(b.div(second.ref)).add(EPS))
      .mul(LEARNING_RATE);
  const newP = tree.map((w, a, b) => w.sub(change(a, b)), p, tree.ref(newM), tree.ref(newV));
  first.dispose();
  second.dispose();
  return [newP, newM, newV];
}

/** Returns a function that trains on [batch, n] inputs and targets and resolves with the loss. */
export async function open(model) {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js finds no WebGPU');
  defaultDevice('webgpu');
  const weights = Object.entries(initialWeights(model));
  let p = Object.fromEntries(weights.map(([name, { shape, values }]) => [name, np.array(values, { shape })]));
  const zeros = () => Object.fromEntries(weights.map(([name, { shape }]) => [name, np.zeros(shape)]));
  let [m, v] = [zeros(), zeros()];
  const lossAndGradients = jit(
    valueAndGrad((params, inputs, targets) => meanLoss(params, inputs, targets, model)),
  );
  const compiledUpdate = jit(update);
  const indices = (values) => np.array(values, { shape: [model.batch, model.n], dtype: np.int32 });
  return async (step, inputs, targets) => {
    const [loss, gradients] = lossAndGradients(tree.ref(p), indices(inputs), indices(targets));
    const corrections = np.array(BETAS.map((beta) => 1 - beta ** (step + 1)));
    [p, m, v] = compiledUpdate(p, m, v, gradients, corrections);
    return (await loss.data())[0];
  };
}
