// Single rows of the attention matrix, over one segment: weight = exp(q . k / sqrt(D_QK) - lse), with the log-sum-exp
// that the forward pass left, joined over the head's segments; so that a row sums to 1 over them.
// Needs common/full.wgsl or common/packed.wgsl, attention/segment.wgsl and attention/lookup.wgsl. Constants: MOST, the most keys of a query.
//
// A workgroup makes one row, its threads take the keys in turn. What a row does not fill stays as it was.
// Workgroup (x): target, a head and a query position of window 0.

@group(0) @binding(0) var<storage, read> qkv: array<Stored>;
@group(0) @binding(1) var<storage, read> lse: array<f32>;             // [B, HEADS, T]
@group(0) @binding(2) var<storage, read> targets: array<vec2u>;       // head, position
@group(0) @binding(3) var<storage, read_write> weights: array<f32>;   // [targets, MOST]

const THREADS = 64u;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = targets[place.x].x;
  let position = targets[place.x].y;
  let query = queryOf(position);
  let seen = keyRange(head, query.y);
  let total = lse[head * T + position];
  for (var key = seen.x + thread; key < seen.y; key += THREADS) {
    let score = scoreOf(head, position, keyPosition(head, query.x, key));
    weights[place.x * MOST + key - seen.x] = exp(score - total);
  }
}
