// Dropout by a counter-based draw, so that a recomputed element gets the same answer (paper section 5.4 has
// dropout only before each residual addition). Needs common/random.wgsl and common/step.wgsl.
// Constant: DROPOUT (f32).

// layer * 2 + 0 for attention, 1 for feed-forward; and where the first element of what is computed stands in the whole
// tensor.
@group(0) @binding(14) var<uniform> dropoutSite: vec4u;

fn dropout1(value: f32, element: u32) -> f32 {
  return select(0.0, value / (1.0 - DROPOUT), uniform01(step.seed, step.draw, dropoutSite.x, dropoutSite.y + element) >= DROPOUT);
}

// Four neighbouring elements, the first of which is `element`.
fn dropout(value: vec4f, element: u32) -> vec4f {
  if (DROPOUT == 0.0) { return value; }
  return vec4f(
    dropout1(value.x, element), dropout1(value.y, element + 1u),
    dropout1(value.z, element + 2u), dropout1(value.w, element + 3u));
}
