// What the attention kernels on subgroup matrices (tensor cores) have in common. As in attention/tile.wgsl, a workgroup
// owns OWN rows (queries, or keys) and lets the rows of the other side stream by, STREAM at a time; a subgroup makes the
// products of its PART own rows. Its operands of own rows are kept as matrices; streamed rows pass through workgroup
// memory as they stand in the buffers, float16. A matrix has no elements that a thread could name, so scores pass
// through workgroup memory too: in float32 to the threads, and back in float16 as weights of the next product. SHARERS
// neighbouring threads share an own row, and take its fours in turn.
// Needs common/packed.wgsl, common/matrices.wgsl and attention/place.wgsl, and a binding qkv of vec4u.
// Constants: OWN, STREAM, SUBGROUPS. Widths of heads divide by 8, SIZE_K and SIZE_N.

const THREADS = SUBGROUPS * LANES;
const PART = OWN / SUBGROUPS;
const SHARERS = LANES / PART;
const STREAM4 = STREAM / 4u;
const FOURS = STREAM4 / SHARERS;                 // of an own row's scores, that a thread holds
const QK8 = D_QK / 8u;
const V8 = D_V / 8u;
// Matrices along an own part, along streamed rows, and along the features.
const PART_M = PART / SIZE_M;
const STREAM_N = STREAM / SIZE_N;
const STREAM_K = STREAM / SIZE_K;
const QK_N = D_QK / SIZE_N;
const QK_K = D_QK / SIZE_K;
const V_N = D_V / SIZE_N;
const V_K = D_V / SIZE_K;
// Features pass through `weights` and `scores` in chunks of STREAM of them.
const QK_CHUNKS = (D_QK + STREAM - 1u) / STREAM;
const V_CHUNKS = (D_V + STREAM - 1u) / STREAM;
// Of rows in workgroup memory, in fours: eight elements more than needed, against bank conflicts.
const PITCH = STREAM4 + 2u;
const PITCH_QK = QK4 + 2u;
const PITCH_V = V4 + 2u;
// Eights that a thread stages.
const OWN_LOADS = OWN * (STREAM / 8u) / THREADS;
const QK_LOADS = (STREAM * QK8 + THREADS - 1u) / THREADS;
const V_LOADS = (STREAM * V8 + THREADS - 1u) / THREADS;
// Scores are powers of two rather than of e.
const LOG2E = 1.4426950408889634;
const SCORE_SCALE = SCALE * LOG2E;

// Matrices are loaded from addresses that divide by 16, whatever an array of vec4<f16> asks for: on NVIDIA, an array that
// stands 8 bytes off is read 8 bytes too early. So everything in workgroup memory is as large as whole vec4fs.
var<workgroup> scores: array<vec4f, OWN * PITCH>;
var<workgroup> weights: array<vec4<f16>, OWN * PITCH>;
// Streamed rows: keys and values, or queries and gradients.
var<workgroup> tileQK: array<vec4<f16>, STREAM * PITCH_QK>;
var<workgroup> tileV: array<vec4<f16>, STREAM * PITCH_V>;

// A thread's share of streamed rows, on its way from memory.
alias LoadsQK = array<vec4u, QK_LOADS>;
alias LoadsV = array<vec4u, V_LOADS>;

// Eight features, as they are stored, of a row before `end` of queries, keys or values; zero outside.
fn fetchEight(kind: u32, place: Place, row: u32, end: u32, d: u32) -> vec4u {
  if (row >= end || !rowInside(kind, place, row) || d >= select(QK8, V8, kind == VALUE)) { return vec4u(); }
  return qkv[rowIndex(kind, place, row) / 2u + d];
}

fn stageQK(loads: ptr<function, LoadsQK>, thread: u32) {
  for (var turn = 0u; turn < QK_LOADS; turn++) { // unrolled
    let i = turn * THREADS + thread % THREADS;
    if (i < STREAM * QK8) {
      let at = (i / QK8) * PITCH_QK + (i % QK8) * 2u;
      tileQK[at] = bitcast<vec4<f16>>((*loads)[turn].xy);
      tileQK[at + 1u] = bitcast<vec4<f16>>((*loads)[turn].zw);
    }
  }
}

fn stageV(loads: ptr<function, LoadsV>, thread: u32) {
  for (var turn = 0u; turn < V_LOADS; turn++) { // unrolled
    let i = turn * THREADS + thread % THREADS;
    if (i < STREAM * V8) {
      let at = (i / V8) * PITCH_V + (i % V8) * 2u;
      tileV[at] = bitcast<vec4<f16>>((*loads)[turn].xy);
      tileV[at + 1u] = bitcast<vec4<f16>>((*loads)[turn].zw);
    }
  }
}

// An eight of own rows, into `weights`, where matrices of own features are loaded from.
fn stageOwn(turn: u32, value: vec4u, thread: u32) {
  let i = turn * THREADS + thread % THREADS;
  let at = (i / (STREAM / 8u)) * PITCH + (i % (STREAM / 8u)) * 2u;
  weights[at] = bitcast<vec4<f16>>(value.xy);
  weights[at + 1u] = bitcast<vec4<f16>>(value.zw);
}
