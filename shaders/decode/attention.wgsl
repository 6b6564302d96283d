// Attention of one new position over the cache: only the keys that the pattern lets it see are read.
//
// A workgroup takes one head of one sample. Keys of the head's segments pass by in chunks of THREADS: a thread scores
// one key; then LANES threads hold the features of the output, a vec4 each, and THREADS / LANES of them share the
// chunk's keys, with the running maximum and sum of a flash softmax. Needs decode/tables.wgsl.
// Constants: HEADS, REGIONS, D_QK, D_V, SLOTS, THREADS and LANES (powers of two; D_V / 4 <= LANES <= THREADS).

@group(0) @binding(0) var<storage, read> query: array<vec4f>;         // [S, HEADS * D_QK]
@group(0) @binding(1) var<storage, read> cache: array<vec4f>;         // [S, SLOTS, HEADS * (D_QK + D_V)]
@group(0) @binding(2) var<storage, read> state: array<u32>;           // position [S]
@group(0) @binding(3) var<storage, read> tables: Tables;
@group(0) @binding(4) var<storage, read_write> attended: array<vec4f>; // [S, HEADS * D_V]

const QK4 = D_QK / 4u;
const V4 = D_V / 4u;
const ROW4 = HEADS * (QK4 + V4);
const SHARES = THREADS / LANES;
var<workgroup> weights: array<f32, THREADS>;
var<workgroup> slots: array<u32, THREADS>;
var<workgroup> scratch: array<f32, THREADS>;
var<workgroup> parts: array<vec4f, THREADS>;

fn highest(thread: u32, value: f32) -> f32 {
  scratch[thread] = value;
  workgroupBarrier();
  for (var width = THREADS / 2u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] = max(scratch[thread], scratch[thread + width]); }
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
  let position = state[sample];
  let lane = thread % LANES;
  let share = thread / LANES;
  // Of this thread's features and share of keys; the sum of weights, of its share alone.
  var acc = vec4f();
  var s = 0.0;
  var m = -1e30;
  let list = tables.heads[head];
  for (var index = 0u; index < list.y; index++) {
    let segment = tables.segments[list.x + index];
    let seen = seenFrom(segment, head, position);
    for (var chunk = seen.lo; chunk < seen.hi; chunk += THREADS) {
      let key = chunk + thread;
      var score = -1e30;
      if (key < seen.hi) {
        let slot = sample * SLOTS + slotOf(segment.region, positionOf(segment, seen, key));
        slots[thread] = slot;
        var sum = vec4f();
        for (var d = 0u; d < QK4; d++) {
          sum = fma(query[(sample * HEADS + head) * QK4 + d], cache[slot * ROW4 + head * QK4 + d], sum);
        }
        score = dot(sum, vec4f(1.0)) * inverseSqrt(f32(D_QK));
      }
      let next = max(m, highest(thread, score));
      let shrink = exp(m - next);
      m = next;
      weights[thread] = select(0.0, exp(score - m), key < seen.hi);
      workgroupBarrier();
      s *= shrink;
      acc *= shrink;
      let count = min(THREADS, seen.hi - chunk);
      for (var i = share; i < count; i += SHARES) {
        s += weights[i];
        if (lane < V4) { acc = fma(vec4f(weights[i]), cache[slots[i] * ROW4 + HEADS * QK4 + head * V4 + lane], acc); }
      }
      workgroupBarrier();
    }
  }
  parts[thread] = acc;
  scratch[thread] = s;
  workgroupBarrier();
  for (var width = THREADS / 2u; width >= LANES; width = width / 2u) {
    if (thread < width) {
      parts[thread] += parts[thread + width];
      scratch[thread] += scratch[thread + width];
    }
    workgroupBarrier();
  }
  if (thread < V4) {
    attended[(sample * HEADS + head) * V4 + thread] = select(vec4f(), parts[thread] / scratch[thread], scratch[thread] > 0.0);
  }
}
