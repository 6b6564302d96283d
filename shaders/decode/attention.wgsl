// Attention of one new position over the cache: only the keys that the pattern lets it see are read.
//
// A workgroup of 64 threads takes one head of one sample. Keys of the head's segments pass by in chunks of 64: a
// thread scores one key, then holds one feature (or every 64th) of the output and sums over the chunk's keys, with
// the running maximum and sum of a flash softmax. Needs decode/regions.wgsl.
// Constants: HEADS, D_QK, D_V, SLOTS.

struct State { position: u32 }

// A segment, with the fields of src/patterns/segment.ts, and the region of the cache that holds its keys.
struct CachedSegment {
  groupStep: u32,
  queryStep: u32,
  groups: u32,
  cells: u32,
  blockStep: u32,
  keyOffset: i32,
  headCycle: u32,
  queryBlock: u32,
  keysPerBlock: u32,
  ownKeys: i32,
  shift: i32,
  window: i32,
  region: Region,
}

@group(0) @binding(0) var<storage, read> query: array<vec4f>;         // [S, HEADS * D_QK]
@group(0) @binding(1) var<storage, read> cache: array<f32>;           // [S, SLOTS, HEADS * (D_QK + D_V)]
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read> segments: array<CachedSegment>;
@group(0) @binding(4) var<storage, read> headSegments: array<vec2u>;  // first segment and count of each head
@group(0) @binding(5) var<storage, read_write> attended: array<f32>;  // [S, HEADS * D_V]

const ROW = HEADS * (D_QK + D_V);
const V_TURNS = (D_V + 63u) / 64u;
var<workgroup> scores: array<f32, 64>;
var<workgroup> slots: array<u32, 64>;
var<workgroup> reduced: array<f32, 64>;

fn highest(thread: u32, value: f32) -> f32 {
  reduced[thread] = value;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width = width / 2u) {
    if (thread < width) { reduced[thread] = max(reduced[thread], reduced[thread + width]); }
    workgroupBarrier();
  }
  let result = reduced[0];
  workgroupBarrier();
  return result;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = place.x;
  let sample = place.y;
  let position = state.position;
  var acc: array<f32, V_TURNS>;
  var m = -1e30;
  var s = 0.0;
  let list = headSegments[head];
  for (var index = 0u; index < list.y; index++) {
    let segment = segments[list.x + index];
    // The group and query row of this position.
    var group = 0u;
    var row = position;
    if (segment.groups > 1u) {
      if (segment.groupStep >= segment.queryStep) {
        group = position / segment.groupStep;
        row = position % segment.groupStep;
      } else {
        group = position % segment.queryStep;
        row = position / segment.queryStep;
      }
    }
    let offset = segment.keyOffset - i32((head % segment.headCycle) * segment.cells);
    let own = i32(row % segment.queryBlock) + 1 - select(offset, 0, segment.queryBlock == 1u);
    let end = i32((row / segment.queryBlock) * segment.keysPerBlock) + clamp(own, 0, segment.ownKeys) - segment.shift;
    let hi = u32(max(0, end));
    let lo = u32(max(0, end - segment.window));
    for (var chunk = lo; chunk < hi; chunk += 64u) {
      let key = chunk + thread;
      var score = -1e30;
      if (key < hi) {
        let at = u32(i32(group * segment.groupStep + (key / segment.cells) * segment.blockStep + key % segment.cells) + offset);
        let slot = sample * SLOTS + slotOf(segment.region, at);
        slots[thread] = slot;
        score = 0.0;
        for (var d = 0u; d < D_QK / 4u; d++) {
          let base = slot * ROW + head * D_QK + d * 4u;
          let k = vec4f(cache[base], cache[base + 1u], cache[base + 2u], cache[base + 3u]);
          score += dot(query[(sample * HEADS + head) * (D_QK / 4u) + d], k);
        }
        score *= inverseSqrt(f32(D_QK));
      }
      let next = max(m, highest(thread, score));
      let shrink = exp(m - next);
      m = next;
      s *= shrink;
      scores[thread] = select(0.0, exp(score - m), key < hi);
      workgroupBarrier();
      for (var turn = 0u; turn < V_TURNS; turn++) { acc[turn] *= shrink; }
      for (var i = 0u; i < 64u; i++) {
        if (chunk + i >= hi) { break; }
        s += scores[i];
        for (var turn = 0u; turn < V_TURNS; turn++) {
          let d = turn * 64u + thread;
          if (d < D_V) { acc[turn] += scores[i] * cache[slots[i] * ROW + HEADS * D_QK + head * D_V + d]; }
        }
      }
      workgroupBarrier();
    }
  }
  for (var turn = 0u; turn < V_TURNS; turn++) {
    let d = turn * 64u + thread;
    if (d < D_V) { attended[(sample * HEADS + head) * D_V + d] = select(0.0, acc[turn] / s, s > 0.0); }
  }
}
