// Products of tiles, from which the tiled attention kernels are made. A workgroup owns OWN rows (queries, or keys)
// and lets the rows of the other side stream by, 64 at a time. Thread (tx, ty) holds, of the OWN x 64 tile of scores,
// its own rows ty, ty + TY, ty + 2 TY, ty + 3 TY and the streamed rows tx, tx + 16, tx + 32, tx + 48: four vec4s, one an
// own row.
//
// addDots:   scores += own [OWN, features] . streamed [64, features]^T, 4 DEPTH4 features at a time;
// addOuters: result [OWN, features] += weights [OWN, 64] . streamed [64, features], 16 streamed rows at a time; thread
//            (tx, ty) holds the vec4s tx, tx + 16, ... of the features of its own rows.
// Both sides pass through `stage`. So do weights, before the rows that they are multiplied by, and transposed, so that a
// step reads one vec4 of each. Dots and outers share the memory, so that more workgroups find room on a core.
// A kernel file supplies  fetchRow(kind, batch, head, group, row, end, d): the d-th vec4 of a row, of one of the kinds.
// Constants: OWN (32 or 64), DEPTH4 (vec4s of features in one stage of dots: 4, or 8 where memory allows).

const STREAM = 64u;
const LANES = 16u;
const TY = OWN / 4u;
const THREADS = LANES * TY;
const WIDEST = max(QK4, V4);
const TURNS = (WIDEST + LANES - 1u) / LANES;     // vec4s of an own row's result that a thread holds
const CHUNKS = (WIDEST + DEPTH4 - 1u) / DEPTH4;
const PITCH = DEPTH4 + 1u;                       // of a staged row: one more than needed, against bank conflicts
const STEPS = 16u;                               // streamed rows in one stage of outers
const STREAM_BASE = OWN * PITCH;                 // where streamed rows begin in a stage of dots
const OWN_LOADS = OWN * DEPTH4 / THREADS;        // vec4s that a thread stages for dots
const STREAM_LOADS = STREAM * DEPTH4 / THREADS;
const OUTER_LOADS = (STEPS * WIDEST + THREADS - 1u) / THREADS;
const OUTER_CHUNKS = STREAM / STEPS;
const OUTER_BASE = STREAM * TY;                  // where streamed rows begin behind the weights
const STAGE = max(STREAM_BASE + STREAM * PITCH, OUTER_BASE + STEPS * WIDEST);
const SHORT = OWN < 64u;                         // groups of few rows: their tiles are often half empty

var<workgroup> stage: array<vec4f, STAGE>;

// Which thread an invocation is, as 16 ty + tx. Those that run side by side, 32 of them, make a block of 4 ty x 8 tx, in
// which neighbours differ in ty: of what they read from workgroup memory at once, few vec4s are distinct, and shared
// by lanes that a GPU serves together.
fn threadOf(index: u32) -> u32 {
  let block = index / 32u;
  let tx = (index >> 1u) % 8u + 8u * (block % 2u);
  let ty = index % 2u + 2u * ((index >> 4u) % 2u) + 4u * (block / 2u);
  return (ty * LANES + tx) % THREADS;
}

// Rows of one kind: from `first`, before `end`.
struct Rows {
  kind: u32,
  first: u32,
  end: u32,
}

// How many of the rows are streamed in one tile.
fn rowsIn(rows: Rows) -> u32 {
  return min(STREAM, rows.end - rows.first);
}

// In these functions indices are taken modulo their extent, which changes nothing: it lets the compiler prove that an
// access lies inside its array, and leave out a clamp that would cost as much as the access.

// A thread's share of one stage of dots, on its way from memory.
struct DotLoads {
  own: array<vec4f, OWN_LOADS>,
  streamed: array<vec4f, STREAM_LOADS>,
}

fn fetchDots(place: Place, own: Rows, streamed: Rows, chunk: u32, thread: u32) -> DotLoads {
  var loads: DotLoads;
  for (var turn = 0u; turn < OWN_LOADS; turn++) { // unrolled
    let i = turn * THREADS + thread;
    loads.own[turn] = fetchRow(own.kind, place, own.first + i / DEPTH4, own.end, chunk * DEPTH4 + i % DEPTH4);
  }
  for (var turn = 0u; turn < STREAM_LOADS; turn++) { // unrolled
    let i = turn * THREADS + thread;
    loads.streamed[turn] = fetchRow(streamed.kind, place, streamed.first + i / DEPTH4, streamed.end, chunk * DEPTH4 + i % DEPTH4);
  }
  return loads;
}

// Takes its first stage from `loads`, and leaves there the first stage of the dots that come next: every stage is
// fetched before the arithmetic of the one before it, so that its way from memory overlaps with that.
fn addDots(
  scores: ptr<function, array<vec4f, 4>>,
  loads: ptr<function, DotLoads>,
  place: Place, own: Rows, streamed: Rows, nextOwn: Rows, nextStreamed: Rows, thread: u32,
) {
  let tx = thread % LANES;
  let ty = (thread / LANES) % TY;
  for (var chunk = 0u; chunk < CHUNKS; chunk++) { // unrolled
    workgroupBarrier();
    for (var turn = 0u; turn < OWN_LOADS; turn++) { // unrolled
      let i = turn * THREADS + thread % THREADS;
      stage[(i / DEPTH4) * PITCH + i % DEPTH4] = (*loads).own[turn];
    }
    for (var turn = 0u; turn < STREAM_LOADS; turn++) { // unrolled
      let i = turn * THREADS + thread % THREADS;
      stage[STREAM_BASE + (i / DEPTH4) * PITCH + i % DEPTH4] = (*loads).streamed[turn];
    }
    workgroupBarrier();
    if (chunk + 1u < CHUNKS) {
      *loads = fetchDots(place, own, streamed, chunk + 1u, thread);
    } else {
      *loads = fetchDots(place, nextOwn, nextStreamed, 0u, thread);
    }
    if (SHORT && rowsIn(streamed) <= STREAM / 2u) {
      for (var d = 0u; d < DEPTH4; d++) { // unrolled
        let b0 = stage[STREAM_BASE + tx * PITCH + d];
        let b1 = stage[STREAM_BASE + (tx + 16u) * PITCH + d];
        for (var i = 0u; i < 4u; i++) { // unrolled
          let a = stage[(ty + TY * i) * PITCH + d];
          (*scores)[i] += vec4f(dot(a, b0), dot(a, b1), 0.0, 0.0);
        }
      }
    } else {
      for (var d = 0u; d < DEPTH4; d++) { // unrolled
        let b0 = stage[STREAM_BASE + tx * PITCH + d];
        let b1 = stage[STREAM_BASE + (tx + 16u) * PITCH + d];
        let b2 = stage[STREAM_BASE + (tx + 32u) * PITCH + d];
        let b3 = stage[STREAM_BASE + (tx + 48u) * PITCH + d];
        let x = vec4f(b0.x, b1.x, b2.x, b3.x);
        let y = vec4f(b0.y, b1.y, b2.y, b3.y);
        let z = vec4f(b0.z, b1.z, b2.z, b3.z);
        let w = vec4f(b0.w, b1.w, b2.w, b3.w);
        for (var i = 0u; i < 4u; i++) { // unrolled
          let a = stage[(ty + TY * i) * PITCH + d];
          (*scores)[i] = fma(vec4f(a.x), x, fma(vec4f(a.y), y, fma(vec4f(a.z), z, fma(vec4f(a.w), w, (*scores)[i]))));
        }
      }
    }
  }
}

// Hands a tile of weights over, from rows of streamed columns to columns of own rows; the rotation spreads the banks.
fn storeWeights(rows: ptr<function, array<vec4f, 4>>, thread: u32) {
  let tx = thread % LANES;
  workgroupBarrier();
  for (var j = 0u; j < 4u; j++) { // unrolled
    let place = (thread / LANES + 2u * (tx + 16u * j)) % TY;
    stage[(tx + 16u * j) * TY + place] = vec4f((*rows)[0][j], (*rows)[1][j], (*rows)[2][j], (*rows)[3][j]);
  }
}

// A thread's share of a tile of streamed rows, whose features past their width are zero.
alias OuterLoads = array<vec4f, OUTER_CHUNKS * OUTER_LOADS>;

fn fetchOuters(place: Place, streamed: Rows, thread: u32) -> OuterLoads {
  var loads: OuterLoads;
  for (var turn = 0u; turn < OUTER_CHUNKS * OUTER_LOADS; turn++) { // unrolled
    let i = (turn % OUTER_LOADS) * THREADS + thread;
    let row = streamed.first + (turn / OUTER_LOADS) * STEPS + i / WIDEST;
    loads[turn] = fetchRow(streamed.kind, place, row, streamed.end, i % WIDEST);
  }
  return loads;
}

// The stored weights of one tile times its streamed rows, of which there are `rows`.
fn addOuters(result: ptr<function, array<vec4f, 4u * TURNS>>, loads: ptr<function, OuterLoads>, rows: u32, thread: u32) {
  for (var chunk = 0u; chunk < OUTER_CHUNKS; chunk++) { // unrolled
    if (SHORT && chunk * STEPS >= rows) { return; }
    workgroupBarrier();
    for (var turn = 0u; turn < OUTER_LOADS; turn++) { // unrolled
      let i = turn * THREADS + thread % THREADS;
      if (i < STEPS * WIDEST) { stage[OUTER_BASE + i] = (*loads)[chunk * OUTER_LOADS + turn]; }
    }
    workgroupBarrier();
    for (var k = 0u; k < STEPS; k++) { // unrolled
      let row = chunk * STEPS + k;
      let p = stage[row * TY + (thread / LANES + 2u * row) % TY];
      for (var turn = 0u; turn < TURNS; turn++) { // unrolled
        // Threads past the widest row take a feature that they do not store.
        let value = stage[OUTER_BASE + k * WIDEST + (turn * LANES + thread % LANES) % WIDEST];
        (*result)[turn * 4u] = fma(vec4f(p.x), value, (*result)[turn * 4u]);
        (*result)[turn * 4u + 1u] = fma(vec4f(p.y), value, (*result)[turn * 4u + 1u]);
        (*result)[turn * 4u + 2u] = fma(vec4f(p.z), value, (*result)[turn * 4u + 2u]);
        (*result)[turn * 4u + 3u] = fma(vec4f(p.w), value, (*result)[turn * 4u + 3u]);
      }
    }
  }
}
