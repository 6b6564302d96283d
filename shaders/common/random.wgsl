// Counter-based random numbers: the twin of src/lib/random.ts, bit for bit.

fn hash4(a: u32, b: u32, c: u32, d: u32) -> u32 {
  var v = vec4u(a, b, c, d) * 1664525u + 1013904223u;
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  return v.x + v.y * v.w;
}

// In the open interval (0, 1), exact in float32.
fn uniform01(a: u32, b: u32, c: u32, d: u32) -> f32 {
  return (f32(hash4(a, b, c, d) >> 9u) + 0.5) * 1.1920928955078125e-7;
}
