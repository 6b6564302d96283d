// The browser's half of `npm run bench:peers`: bench/peers/browser.ts opens the page and calls `measurePeer`.

import { uniform } from '../../src/lib/random.ts';
import { summarize } from '../../src/measure/timing.ts';
import { peerModel } from './model.mjs';

const peers = {
  'jax-js': () => import('./jax.mjs'),
  tfjs: () => import('./tfjs.mjs'),
};

/** Steps that are not timed: compiling, and settling. */
const WARM_UP = 3;
const LONGEST_MS = 90_000;

globalThis.measurePeer = async (peer, name, steps, tiny) => {
  const model = peerModel(name, tiny);
  const data = new Uint8Array(await (await fetch('/data')).arrayBuffer());
  const train = await (await peers[peer]()).open(model);
  const losses = [];
  const times = [];
  const begin = performance.now();
  while (losses.length < steps && (losses.length <= WARM_UP || performance.now() - begin < LONGEST_MS)) {
    const step = losses.length;
    const [inputs, targets] = windows(data, model, step);
    const start = performance.now();
    losses.push(await train(step, inputs, targets));
    if (step >= WARM_UP) times.push(performance.now() - start);
  }
  const { ms, spreadMs, runs } = summarize(times);
  return {
    peer,
    model: model.name,
    stepMs: ms,
    stepSpreadMs: spreadMs,
    runs,
    tokensPerSecond: (model.batch * model.n) / (ms / 1000),
    loss0: losses[0],
    lossLast: losses.at(-1),
    steps: losses.length,
  };
};

/** Random windows of the data: inputs [batch, n], and the bytes that follow each. */
function windows(data, { n, batch }, step) {
  const inputs = new Int32Array(batch * n);
  const targets = new Int32Array(batch * n);
  for (let window = 0; window < batch; window++) {
    const start = Math.floor(uniform(1, step, window, 0xda7a) * (data.length - n - 1));
    inputs.set(data.subarray(start, start + n), window * n);
    targets.set(data.subarray(start + 1, start + n + 1), window * n);
  }
  return [inputs, targets];
}
