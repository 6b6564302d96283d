// The attention of a block for one new position: x = sum of addends; q, k, v = norm1(x) Wqkv + b; k and v go into the cache;
// then attention over the keys that the pattern lets the position see, and the head's share of the output projection.
//
// A workgroup takes a PART of the keys of a head of a sample, and leaves its row of the projection, not yet divided by the
// softmax's sum, with its maximum and sum: the projection is linear, so decode/feed.wgsl puts rows together. Every
// part computes the query; the first one the new key and value, too, which cost as much as WIDTH rows of the cache.
// Sums over a matrix's rows or over keys are shared by the threads of a column, which meet in workgroup memory once.
// Constants: WIDTH, HEADS, REGIONS, D_QK, D_V, SLOTS, PARTS, THREADS, LANES (a power of two, at least 4, a quarter of D_QK and of
// D_V), BIAS (bool), and elements before QKV, QKV_BIAS and OUT in the block's parameters.
// Needs decode/tables.wgsl and decode/gather.wgsl.

@group(0) @binding(0) var<storage, read> state: array<u32>;           // position [S]
@group(0) @binding(1) var<storage, read> matrices: array<vec4f>;      // of the block
@group(0) @binding(2) var<storage, read> vectors: array<vec4f>;       // of the block
@group(0) @binding(3) var<storage, read> tables: Tables;
@group(0) @binding(4) var<storage, read> addends: array<vec4f>;       // [S, ADDENDS, WIDTH]
@group(0) @binding(5) var<storage, read_write> query: array<vec4f>;   // [S, HEADS * D_QK]
@group(0) @binding(6) var<storage, read_write> cache: array<vec4f>;   // [S, SLOTS, HEADS * (D_QK + D_V)]
// [S, HEADS * PARTS + 1, WIDTH]: rows, the last of them x; then [S, HEADS * PARTS]: their maximum and sum.
@group(0) @binding(7) var<storage, read_write> mixed: array<vec4f>;

const QK4 = D_QK / 4u;
const V4 = D_V / 4u;
const ROW4 = HEADS * (QK4 + V4);
const QKV4 = HEADS * (2u * QK4 + V4);
const SHARES = THREADS / LANES;
const PROJECT_TURNS = (WIDTH4 + SHARES - 1u) / SHARES;
const OUT_TURNS = (V4 + WIDE_SHARES - 1u) / WIDE_SHARES;
// Rows of values that a thread reads at a time.
const AT_ONCE = 4u;
const ALL_PARTS = HEADS * PARTS;

// The head's new row: query, key, value.
var<workgroup> fresh: array<vec4f, 2u * QK4 + V4>;
var<workgroup> scores: array<f32, THREADS>;
var<workgroup> slots: array<u32, THREADS>;
var<workgroup> softmax: array<vec2f, SHARES>;
var<workgroup> attended: array<vec4f, V4>;

// fresh[place ..] = rows times `count` columns of Wqkv, from `first` on; with a barrier after.
fn project(thread: u32, first: u32, place: u32, count: u32) {
  let column = thread % LANES;
  var acc = vec4f();
  if (column < count) {
    for (var turn = 0u; turn < PROJECT_TURNS; turn++) { // unrolled
      let k = turn * SHARES + thread / LANES;
      if (PROJECT_TURNS * SHARES == WIDTH4 || k < WIDTH4) {
        let at = QKV / 4u + k * 4u * QKV4 + first + column;
        let x = rows[k];
        acc += x.x * matrices[at] + x.y * matrices[at + QKV4] + x.z * matrices[at + 2u * QKV4] + x.w * matrices[at + 3u * QKV4];
      }
    }
  }
  sums[thread] = acc;
  workgroupBarrier();
  if (thread < count) {
    var sum = overShares(thread, LANES, SHARES);
    if (BIAS) { sum += vectors[QKV_BIAS / 4u + first + thread]; }
    fresh[place + thread] = sum;
  }
  workgroupBarrier();
}

// Whether the last key that a segment sees is the position itself.
fn seesItself(segment: CachedSegment, seen: Seen, position: u32) -> bool {
  return seen.hi > seen.lo && positionOf(segment, seen, seen.hi - 1u) == position;
}

// Keys of a segment that are in the cache already.
fn earlierKeys(segment: CachedSegment, seen: Seen, position: u32) -> u32 {
  return seen.hi - min(seen.hi, seen.lo + select(0u, 1u, seesItself(segment, seen, position)));
}

// The slot of the index-th of all earlier keys of the head.
fn slotOfKey(head: u32, position: u32, index: u32) -> u32 {
  let list = tables.heads[head];
  var rest = index;
  for (var i = list.x; i < list.x + list.y; i++) {
    let segment = tables.segments[i];
    let seen = seenFrom(segment, head, position);
    let count = earlierKeys(segment, seen, position);
    if (rest < count) { return slotOf(segment.region, positionOf(segment, seen, seen.lo + rest)); }
    rest -= count;
  }
  return 0u;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let part = group.x;
  let head = group.y;
  let sample = group.z;
  let position = state[sample];
  let column = thread % LANES;
  let share = thread / LANES;

  fetchNorm(thread);
  gather(sample, thread);
  if (part == 0u && head == 0u && thread < WIDTH4) {
    mixed[(sample * (ALL_PARTS + 1u) + ALL_PARTS) * WIDTH4 + thread] = rows[thread];
  }
  normalise(thread);
  project(thread, head * QK4, 0u, QK4);
  if (part == 0u) {
    project(thread, (HEADS + head) * QK4, QK4, QK4);
    project(thread, 2u * HEADS * QK4 + head * V4, 2u * QK4, V4);
    if (thread < QK4) { query[(sample * HEADS + head) * QK4 + thread] = fresh[thread]; }
    for (var i = 0u; i < REGIONS; i++) {
      let region = tables.regions[i];
      if (keeps(region, position)) {
        let row = (sample * SLOTS + slotOf(region, position)) * ROW4;
        if (thread < QK4) { cache[row + head * QK4 + thread] = fresh[QK4 + thread]; }
        if (thread < V4) { cache[row + HEADS * QK4 + head * V4 + thread] = fresh[2u * QK4 + thread]; }
      }
    }
  }

  // The part's keys among all earlier ones of the head.
  let list = tables.heads[head];
  var count = 0u;
  var itself = false;
  for (var i = list.x; i < list.x + list.y; i++) {
    let segment = tables.segments[i];
    let seen = seenFrom(segment, head, position);
    count += earlierKeys(segment, seen, position);
    itself = itself || seesItself(segment, seen, position);
  }
  let each = (count + WIDTH + PARTS - 1u) / PARTS;
  let end = min(count, max(WIDTH, (part + 1u) * each) - WIDTH);

  // Of this thread's features and share of keys: a flash softmax of its own, without a word to the others.
  var acc = vec4f();
  var s = 0.0;
  var m = -1e30;
  if (itself && part == 0u && share == 0u) {
    var sum = vec4f();
    for (var d = 0u; d < QK4; d++) { sum = fma(fresh[d], fresh[QK4 + d], sum); }
    m = dot(sum, vec4f(1.0)) * inverseSqrt(f32(D_QK));
    s = 1.0;
    if (column < V4) { acc = fresh[2u * QK4 + column]; }
  }
  for (var chunk = max(WIDTH, part * each) - WIDTH; chunk < end; chunk += THREADS) {
    if (chunk + thread < end) {
      let row = (sample * SLOTS + slotOfKey(head, position, chunk + thread)) * ROW4;
      slots[thread] = row + HEADS * QK4 + head * V4;
      var sum = vec4f();
      for (var d = 0u; d < QK4; d++) { // unrolled
        sum = fma(fresh[d], cache[row + head * QK4 + d], sum);
      }
      scores[thread] = dot(sum, vec4f(1.0)) * inverseSqrt(f32(D_QK));
    }
    workgroupBarrier();
    let keys = min(THREADS, end - chunk);
    var next = m;
    for (var i = share; i < keys; i += SHARES) { next = max(next, scores[i]); }
    let shrink = exp(m - next);
    m = next;
    s *= shrink;
    acc *= shrink;
    for (var i = share; i < keys; i += SHARES * AT_ONCE) {
      for (var turn = 0u; turn < AT_ONCE; turn++) { // unrolled
        let key = min(i + turn * SHARES, keys - 1u);
        let weight = select(0.0, exp(scores[key] - m), i + turn * SHARES < keys);
        s += weight;
        acc = fma(vec4f(weight), cache[slots[key] + min(column, V4 - 1u)], acc);
      }
    }
    workgroupBarrier();
  }

  sums[thread] = acc;
  if (column == 0u) { softmax[share] = vec2f(m, s); }
  workgroupBarrier();
  if (thread < V4) {
    m = -1e30;
    for (var i = 0u; i < SHARES; i++) { m = max(m, softmax[i].x); }
    acc = vec4f();
    s = 0.0;
    for (var i = 0u; i < SHARES; i++) {
      let weight = exp(softmax[i].x - m);
      s += weight * softmax[i].y;
      acc = fma(vec4f(weight), sums[i * LANES + thread], acc);
    }
    attended[thread] = acc;
    if (thread == 0u) {
      mixed[SAMPLES * (ALL_PARTS + 1u) * WIDTH4 + sample * ALL_PARTS + head * PARTS + part] = vec4f(m, s, 0.0, 0.0);
    }
  }
  workgroupBarrier();

  let wide = thread % WIDE_LANES;
  acc = vec4f();
  if (wide < WIDTH4) {
    for (var turn = 0u; turn < OUT_TURNS; turn++) { // unrolled
      let k = turn * WIDE_SHARES + thread / WIDE_LANES;
      if (OUT_TURNS * WIDE_SHARES == V4 || k < V4) {
        let at = OUT / 4u + (head * V4 + k) * 4u * WIDTH4 + wide;
        let x = attended[k];
        acc += x.x * matrices[at] + x.y * matrices[at + WIDTH4] + x.z * matrices[at + 2u * WIDTH4] + x.w * matrices[at + 3u * WIDTH4];
      }
    }
  }
  sums[thread] = acc;
  workgroupBarrier();
  if (thread < WIDTH4) {
    mixed[(sample * (ALL_PARTS + 1u) + head * PARTS + part) * WIDTH4 + thread] = overShares(thread, WIDE_LANES, WIDE_SHARES);
  }
}
