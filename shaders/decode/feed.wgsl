// The feed-forward half of a block for one new position of BATCH samples, which share the reading of the weights: y = x +
// attention, put together from the rows that decode/attend.wgsl left; then gelu(norm2(y) Win + b) Wout.
//
// A workgroup takes SLICE of the inner features, and leaves the row that they add to y; y itself and the last bias are one
// more row, so that the sum of the rows is the residual stream. A thread has a column, a group of samples (or one),
// and a share of the rows of the matrix: as many shares as there are threads left.
// Constants: SAMPLES, WIDTH, FF, HEADS, PARTS, BATCH, THREADS, SLICE, WIDE_LANES, NARROW_LANES (powers of two; WIDTH / 4 <= WIDE_LANES
// and SLICE / 4 <= NARROW_LANES, both <= THREADS), BIAS (bool), and elements before OUT_BIAS, FF_IN, FF_IN_BIAS, FF_OUT and
// FF_OUT_BIAS in the block's parameters. Needs common/gelu.wgsl and decode/norm.wgsl.

@group(0) @binding(0) var<storage, read> matrices: array<vec4f>;      // of the block
@group(0) @binding(1) var<storage, read> vectors: array<vec4f>;       // of the block
@group(0) @binding(2) var<storage, read> mixed: array<vec4f>;         // as in decode/attend.wgsl
@group(0) @binding(3) var<storage, read_write> addends: array<vec4f>; // [S, slices + 1, WIDTH]

const FF4 = FF / 4u;
const SLICE4 = SLICE / 4u;
const SLICES = (FF + SLICE - 1u) / SLICE;
const ALL_PARTS = HEADS * PARTS;
// For WIDTH columns.
const WIDE_GROUPS = min(BATCH, THREADS / WIDE_LANES);
const WIDE_EACH = BATCH / WIDE_GROUPS;
const WIDE_SHARES = THREADS / (WIDE_LANES * WIDE_GROUPS);
const MIX_TURNS = (ALL_PARTS + WIDE_SHARES) / WIDE_SHARES;
const OUT_TURNS = (SLICE4 + WIDE_SHARES - 1u) / WIDE_SHARES;
// For SLICE columns.
const NARROW_GROUPS = min(BATCH, THREADS / NARROW_LANES);
const NARROW_EACH = BATCH / NARROW_GROUPS;
const NARROW_SHARES = THREADS / (NARROW_LANES * NARROW_GROUPS);
const IN_TURNS = (WIDTH4 + NARROW_SHARES - 1u) / NARROW_SHARES;

// What each row counts in the sum.
var<workgroup> weights: array<f32, BATCH * (ALL_PARTS + 1u)>;
var<workgroup> sums: array<vec4f, THREADS>;
var<workgroup> hidden: array<vec4f, BATCH * SLICE4>;

// The sum of what the threads of a column and sample hold in `sums`; there is only one where a thread has several samples.
fn overShares(thread: u32, lanes: u32, shares: u32, own: vec4f) -> vec4f {
  if (shares == 1u) { return own; }
  sums[thread] = own;
  workgroupBarrier();
  var sum = own;
  if (thread < lanes) {
    for (var share = 1u; share < shares; share++) { sum += sums[thread + share * lanes]; }
  }
  workgroupBarrier();
  return sum;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let slice = group.x;
  let first = group.y * BATCH;
  let wide = thread % WIDE_LANES;
  let wideGroup = (thread / WIDE_LANES) % WIDE_GROUPS;
  let wideShare = thread / (WIDE_LANES * WIDE_GROUPS);

  fetchNorm(thread);
  for (var i = thread; i < BATCH * (ALL_PARTS + 1u); i += THREADS) {
    let part = i % (ALL_PARTS + 1u);
    var weight = 1.0;
    if (part < ALL_PARTS) {
      let head = part - part % PARTS;
      let at = SAMPLES * (ALL_PARTS + 1u) * WIDTH4 + min(first + i / (ALL_PARTS + 1u), SAMPLES - 1u) * ALL_PARTS;
      var m = -1e30;
      for (var other = head; other < head + PARTS; other++) { m = max(m, mixed[at + other].x); }
      var sum = 0.0;
      for (var other = head; other < head + PARTS; other++) { sum += mixed[at + other].y * exp(mixed[at + other].x - m); }
      weight = select(0.0, exp(mixed[at + part].x - m) / sum, sum > 0.0);
    }
    weights[i] = weight;
  }
  workgroupBarrier();

  var y: array<vec4f, WIDE_EACH>;
  for (var each = 0u; each < WIDE_EACH; each++) { // unrolled
    let b = wideGroup * WIDE_EACH + each;
    let sample = min(first + b, SAMPLES - 1u);
    if (wide < WIDTH4) {
      for (var turn = 0u; turn < MIX_TURNS; turn++) { // unrolled
        let part = turn * WIDE_SHARES + wideShare;
        if (part <= ALL_PARTS) {
          y[each] = fma(vec4f(weights[b * (ALL_PARTS + 1u) + part]), mixed[(sample * (ALL_PARTS + 1u) + part) * WIDTH4 + wide], y[each]);
        }
      }
    }
  }
  for (var each = 0u; each < WIDE_EACH; each++) { // unrolled
    let b = wideGroup * WIDE_EACH + each;
    var row = overShares(thread, WIDE_LANES * WIDE_GROUPS, WIDE_SHARES, y[each]);
    if (wideShare == 0u && wide < WIDTH4) {
      if (BIAS) { row += vectors[OUT_BIAS / 4u + wide]; }
      rows[b * WIDTH4 + wide] = row;
      if (slice == 0u && first + b < SAMPLES) {
        if (BIAS) { row += vectors[FF_OUT_BIAS / 4u + wide]; }
        addends[((first + b) * (SLICES + 1u) + SLICES) * WIDTH4 + wide] = row;
      }
    }
  }
  normalise(thread);

  let narrow = thread % NARROW_LANES;
  let narrowGroup = (thread / NARROW_LANES) % NARROW_GROUPS;
  let narrowShare = thread / (NARROW_LANES * NARROW_GROUPS);
  let inner = slice * SLICE4 + narrow;
  let inside = narrow < SLICE4 && inner < FF4;
  var h: array<vec4f, NARROW_EACH>;
  if (inside) {
    for (var turn = 0u; turn < IN_TURNS; turn++) { // unrolled
      let k = turn * NARROW_SHARES + narrowShare;
      if (IN_TURNS * NARROW_SHARES == WIDTH4 || k < WIDTH4) {
        let at = FF_IN / 4u + k * 4u * FF4 + inner;
        let w0 = matrices[at];
        let w1 = matrices[at + FF4];
        let w2 = matrices[at + 2u * FF4];
        let w3 = matrices[at + 3u * FF4];
        for (var each = 0u; each < NARROW_EACH; each++) { // unrolled
          let x = rows[(narrowGroup * NARROW_EACH + each) * WIDTH4 + k];
          h[each] += x.x * w0 + x.y * w1 + x.z * w2 + x.w * w3;
        }
      }
    }
  }
  for (var each = 0u; each < NARROW_EACH; each++) { // unrolled
    var value = overShares(thread, NARROW_LANES * NARROW_GROUPS, NARROW_SHARES, h[each]);
    if (narrowShare == 0u && narrow < SLICE4) {
      if (BIAS && inside) { value += vectors[FF_IN_BIAS / 4u + inner]; }
      hidden[(narrowGroup * NARROW_EACH + each) * SLICE4 + narrow] = gelu(value);
    }
  }
  workgroupBarrier();

  for (var each = 0u; each < WIDE_EACH; each++) { // unrolled
    y[each] = vec4f();
  }
  if (wide < WIDTH4) {
    for (var turn = 0u; turn < OUT_TURNS; turn++) { // unrolled
      let k = turn * WIDE_SHARES + wideShare;
      if (k < SLICE4 && slice * SLICE4 + k < FF4) {
        let at = FF_OUT / 4u + (slice * SLICE4 + k) * 4u * WIDTH4 + wide;
        let w0 = matrices[at];
        let w1 = matrices[at + WIDTH4];
        let w2 = matrices[at + 2u * WIDTH4];
        let w3 = matrices[at + 3u * WIDTH4];
        for (var each = 0u; each < WIDE_EACH; each++) { // unrolled
          let x = hidden[(wideGroup * WIDE_EACH + each) * SLICE4 + k];
          y[each] += x.x * w0 + x.y * w1 + x.z * w2 + x.w * w3;
        }
      }
    }
  }
  for (var each = 0u; each < WIDE_EACH; each++) { // unrolled
    let b = wideGroup * WIDE_EACH + each;
    let row = overShares(thread, WIDE_LANES * WIDE_GROUPS, WIDE_SHARES, y[each]);
    if (wideShare == 0u && wide < WIDTH4 && first + b < SAMPLES) {
      addends[((first + b) * (SLICES + 1u) + slice) * WIDTH4 + wide] = row;
    }
  }
}
