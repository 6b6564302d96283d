// The gradient of the logits, times the loss scale, stored as activations are. Needs common/packed.wgsl.

@group(0) @binding(3) var<storage, read> lossScale: array<f32>;
@group(0) @binding(4) var<storage, read_write> dLogits: array<Stored>;

fn storeGradient(index: u32, value: vec4f) {
  dLogits[index] = narrow(value * lossScale[0]);
}
