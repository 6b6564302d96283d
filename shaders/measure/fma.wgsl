// As many fused multiply-adds as the adapter can do: the yardstick of arithmetic. Each thread keeps four
// independent sums of four numbers and extends each of them 2 * STEPS times; nothing is read.
// Workgroup x + y * grid: any 64 threads.

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) place: vec3u) {
  let x = vec4f(f32(thread), f32(place.x), 0.5, 0.25) * 1e-6;
  let y = vec4f(0.999999, 0.999998, 0.999997, 0.999996);
  var a = x;
  var b = x + 1.0;
  var c = x + 2.0;
  var d = x + 3.0;
  for (var step = 0u; step < STEPS; step++) {
    a = fma(a, y, x);
    b = fma(b, y, x);
    c = fma(c, y, x);
    d = fma(d, y, x);
    a = fma(a, y, x);
    b = fma(b, y, x);
    c = fma(c, y, x);
    d = fma(d, y, x);
  }
  let sum = dot(a + b + c + d, vec4f(1.0));
  // Never true, but the compiler cannot know.
  if (sum == -1.0) { out[thread] = sum; }
}
