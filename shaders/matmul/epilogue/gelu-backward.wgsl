// out = value * gelu'(preActivation): the gradient before the activation. Needs common/gelu.wgsl.

@group(0) @binding(2) var<storage, read> preActivation: array<Stored>;
@group(0) @binding(3) var<storage, read_write> out: array<Stored>;

fn finish(part: u32, row: u32, column: u32, value: vec4f) {
  let index = (row * N + column) / 4u;
  out[index] = narrow(value * geluDerivative(wide(preActivation[index])));
}
