// Products of tiles, from which the tiled attention kernels are made. A workgroup owns OWN rows (queries, or keys)
// and lets the rows of the other side stream by, 64 at a time. Thread (tx, ty) holds, of the OWN x 64 tile of scores,
// its own rows 4 ty .. 4 ty + 3 and the streamed rows tx, tx + 16, tx + 32, tx + 48: four vec4s, one an own row.
//
// dots:   scores += own [OWN, 4 DEPTH4] . streamed [64, 4 DEPTH4]^T, 4 DEPTH4 features at a time;
// outers: result [OWN, features] += weights [OWN, 64] . streamed [64, features], 16 streamed rows at a time; thread
//         (tx, ty) holds the vec4s tx, tx + 16, ... of the features of its four own rows.
// Both sides pass through `stage`; weights pass through `weights`, transposed, so that a step reads one vec4 of
// each. Constants: OWN (32 or 64), DEPTH4 (vec4s of features in one stage of dots: 4, or 8 where memory allows).

const STREAM = 64u;
const LANES = 16u;
const TY = OWN / 4u;
const THREADS = OWN * 4u;
const PITCH = DEPTH4 + 1u;         // of a staged row: one more than needed, against bank conflicts
const STEPS = 16u;                 // streamed rows in one stage of outers
const STREAM_BASE = OWN * PITCH;   // where streamed rows begin in a stage of dots
const OWN_TURNS = DEPTH4 / 4u;     // vec4s of own rows, and of streamed rows, that a thread stages for dots
const STREAM_TURNS = STREAM * DEPTH4 / THREADS;
const STAGE = max(STREAM_BASE + STREAM * PITCH, STEPS * max(QK4, V4));

var<workgroup> stage: array<vec4f, STAGE>;
var<workgroup> weights: array<vec4f, STREAM * TY>;

// In these functions indices are taken modulo their extent, which changes nothing: it lets the compiler prove that an
// access lies inside its array, and leave out a clamp that would cost as much as the access.

// Puts a thread's share of a stage of dots in place, once nobody reads the last one.
fn stageDots(own: array<vec4f, OWN_TURNS>, streamed: array<vec4f, STREAM_TURNS>, thread: u32) {
  workgroupBarrier();
  for (var turn = 0u; turn < OWN_TURNS; turn++) {
    let i = turn * THREADS + thread % THREADS;
    stage[(i / DEPTH4) * PITCH + i % DEPTH4] = own[turn];
  }
  for (var turn = 0u; turn < STREAM_TURNS; turn++) {
    let i = turn * THREADS + thread % THREADS;
    stage[STREAM_BASE + (i / DEPTH4) * PITCH + i % DEPTH4] = streamed[turn];
  }
  workgroupBarrier();
}

// One stage of dots.
fn addDots(scores: ptr<function, array<vec4f, 4>>, thread: u32) {
  let tx = thread % LANES;
  let ty = (thread / LANES) % TY;
  for (var d = 0u; d < DEPTH4; d++) {
    let b0 = stage[STREAM_BASE + tx * PITCH + d];
    let b1 = stage[STREAM_BASE + (tx + 16u) * PITCH + d];
    let b2 = stage[STREAM_BASE + (tx + 32u) * PITCH + d];
    let b3 = stage[STREAM_BASE + (tx + 48u) * PITCH + d];
    let x = vec4f(b0.x, b1.x, b2.x, b3.x);
    let y = vec4f(b0.y, b1.y, b2.y, b3.y);
    let z = vec4f(b0.z, b1.z, b2.z, b3.z);
    let w = vec4f(b0.w, b1.w, b2.w, b3.w);
    for (var i = 0u; i < 4u; i++) {
      let a = stage[(ty * 4u + i) * PITCH + d];
      (*scores)[i] = fma(vec4f(a.x), x, fma(vec4f(a.y), y, fma(vec4f(a.z), z, fma(vec4f(a.w), w, (*scores)[i]))));
    }
  }
}

// Hands a tile of weights over, from rows of streamed columns to columns of own rows; the rotation spreads the banks.
fn storeWeights(rows: array<vec4f, 4>, thread: u32) {
  let tx = thread % LANES;
  let place = (thread / LANES + tx) % TY;
  weights[tx * TY + place] = vec4f(rows[0].x, rows[1].x, rows[2].x, rows[3].x);
  weights[(tx + 16u) * TY + place] = vec4f(rows[0].y, rows[1].y, rows[2].y, rows[3].y);
  weights[(tx + 32u) * TY + place] = vec4f(rows[0].z, rows[1].z, rows[2].z, rows[3].z);
  weights[(tx + 48u) * TY + place] = vec4f(rows[0].w, rows[1].w, rows[2].w, rows[3].w);
}

// The weights of the thread's own rows for a streamed row.
fn loadWeights(streamed: u32, thread: u32) -> vec4f {
  let row = streamed % STREAM;
  return weights[row * TY + (thread / LANES + row) % TY];
}

// The feature vec4 that a thread holds in its turn; threads past the width hold one that they do not store.
fn featureOf(turn: u32, thread: u32, width4: u32) -> u32 {
  return (turn * LANES + thread % LANES) % width4;
}
