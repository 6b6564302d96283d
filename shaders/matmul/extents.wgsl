// How large a product is: out [M, N], sums of K products, in parts of K_PART. Not constants but a uniform, so that
// products of other extents share a pipeline; a loop over K has a constant bound, and ends before it.

struct Extents {
  M: u32,
  N: u32,
  K: u32,
  K_PART: u32,
}

@group(0) @binding(13) var<uniform> extents: Extents;

const ENDLESS = 1u << 24u;
