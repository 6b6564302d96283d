// Feature vec4s of the output gradients of a group's queries; zero past the end. Needs attention/segment.wgsl, and a
// binding dO.

fn fetchGrad(batch: u32, head: u32, group: u32, row: u32, end: u32, d: u32) -> vec4f {
  if (row >= end || !queryInside(group, row) || d >= V4) { return vec4f(); }
  return dO[((batch * T + queryPosition(group, row)) * HEADS + head) * V4 + d];
}
