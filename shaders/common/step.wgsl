// What changes from step to step; written before a plan is replayed. Field order: src/model/step-uniforms.ts.

struct Step {
  seed: u32,
  // step * 256 + micro-batch: with the seed, what dropout draws from.
  draw: u32,
  // Adam's step, from 1, as its bias corrections 1 - beta^t.
  correction1: f32,
  correction2: f32,
  learningRate: f32,
  beta1: f32,
  beta2: f32,
  eps: f32,
  weightDecay: f32,
  clipNorm: f32,
  // 1 - beta, rounded once: from a rounded beta2 of 0.999, the difference would be off by a hundred-thousandth.
  oneMinusBeta1: f32,
  oneMinusBeta2: f32,
}
