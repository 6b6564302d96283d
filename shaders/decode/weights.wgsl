// The attention weights of the position that is being made, over the cache: softmax(q K^T / sqrt(D_QK)) over all keys
// of a head, as shaders/decode/attention.wgsl sums them up, kept. Needs decode/tables.wgsl.
// Constants: HEADS, REGIONS, D_QK, D_V, SLOTS, LISTS (most segments of a head), MOST (most keys of a segment), THREADS.
//
// A workgroup takes one head of one sample: first the scores, with their maximum; then their sum; then the weights.
// What a list does not fill stays as it was.

@group(0) @binding(0) var<storage, read> query: array<vec4f>;         // [S, HEADS * D_QK]
@group(0) @binding(1) var<storage, read> cache: array<vec4f>;         // [S, SLOTS, HEADS * (D_QK + D_V)]
@group(0) @binding(2) var<storage, read> state: array<u32>;           // position [S]
@group(0) @binding(3) var<storage, read> tables: Tables;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;   // [S, HEADS, LISTS, MOST]

const QK4 = D_QK / 4u;
const ROW4 = HEADS * (D_QK + D_V) / 4u;
var<workgroup> scratch: array<f32, THREADS>;

// Combines a number of every thread: their maximum, or their sum in a fixed order.
fn combined(thread: u32, value: f32, sum: bool) -> f32 {
  scratch[thread] = value;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width = width / 2u) {
    if (thread < width) {
      let other = scratch[thread + width];
      scratch[thread] = select(max(scratch[thread], other), scratch[thread] + other, sum);
    }
    workgroupBarrier();
  }
  let result = scratch[0];
  workgroupBarrier();
  return result;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = place.x;
  let sample = place.y;
  let list = tables.heads[head];
  let start = (sample * HEADS + head) * LISTS * MOST;
  var highest = -1e30;
  for (var index = 0u; index < list.y; index++) {
    let segment = tables.segments[list.x + index];
    let seen = seenFrom(segment, head, state[sample]);
    for (var key = seen.lo + thread; key < seen.hi; key += THREADS) {
      let slot = sample * SLOTS + slotOf(segment.region, positionOf(segment, seen, key));
      var sum = vec4f();
      for (var d = 0u; d < QK4; d++) {
        sum = fma(query[(sample * HEADS + head) * QK4 + d], cache[slot * ROW4 + head * QK4 + d], sum);
      }
      let score = dot(sum, vec4f(1.0)) * inverseSqrt(f32(D_QK));
      weights[start + index * MOST + key - seen.lo] = score;
      highest = max(highest, score);
    }
  }
  highest = combined(thread, highest, false);
  var sum = 0.0;
  for (var index = 0u; index < list.y; index++) {
    let seen = seenFrom(tables.segments[list.x + index], head, state[sample]);
    for (var key = seen.lo + thread; key < seen.hi; key += THREADS) {
      let at = start + index * MOST + key - seen.lo;
      weights[at] = exp(weights[at] - highest);
      sum += weights[at];
    }
  }
  sum = combined(thread, sum, true);
  for (var index = 0u; index < list.y; index++) {
    let seen = seenFrom(tables.segments[list.x + index], head, state[sample]);
    for (var key = seen.lo + thread; key < seen.hi; key += THREADS) {
      weights[start + index * MOST + key - seen.lo] /= sum;
    }
  }
}
