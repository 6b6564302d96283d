// Extents that are no constants, so that products of other extents share a pipeline. Needs matmul/extents.wgsl.

@group(0) @binding(13) var<uniform> extents: Extents;

// A bound for loops, which end before it.
const ENDLESS = 1u << 24u;
