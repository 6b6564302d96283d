// How large a product is: out [M, N], sums of K products, in parts of K_PART. A constant `extents` tells, or
// matmul/extents-uniform.wgsl.

struct Extents {
  M: u32,
  N: u32,
  K: u32,
  K_PART: u32,
}
