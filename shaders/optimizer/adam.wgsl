// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101), on the clipped gradient:
//   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
//   p -= learningRate (m / correction1 / (sqrt(v / correction2) + eps) + weightDecay p),  decay on matrices only.
// The gradient is cleared for the next step. When the step, or an earlier one, was not finite, parameters and moments stay.
// A thread takes one vec4 of the arena. Constants: SIZE, DECAY_END (elements). Needs common/step.wgsl.

@group(0) @binding(0) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(4) var<storage, read> metrics: array<vec4f>;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + thread;
  if (i >= SIZE / 4u) { return; }
  let gradient = gradients[i] * metrics[0].w;
  gradients[i] = vec4f();
  if (metrics[0].z != 1.0) { return; }
  let mean = step.beta1 * m[i] + step.oneMinusBeta1 * gradient;
  let square = step.beta2 * v[i] + step.oneMinusBeta2 * gradient * gradient;
  m[i] = mean;
  v[i] = square;
  let p = parameters[i];
  var change = (mean / step.correction1) / (sqrt(square / step.correction2) + step.eps);
  if (i * 4u < DECAY_END) { change += step.weightDecay * p; }
  parameters[i] = p - step.learningRate * change;
}
