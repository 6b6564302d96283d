// branch = the gradient of the dropped-out branch whose sum the norm takes, value * (kept ? 1 / (1 - DROPOUT) : 0) with
// the forward pass's draw, as activations are stored. Needs dropout/dropout.wgsl.

@group(0) @binding(6) var<storage, read_write> branch: array<Stored>;
@group(0) @binding(7) var<uniform> step: Step;

fn passOn(index: u32, value: vec4f) {
  branch[index] = narrow(dropout(value, index * 4u));
}
