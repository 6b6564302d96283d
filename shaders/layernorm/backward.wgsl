// Gradients of a layer norm over rows of WIDTH, with g = dy * gain and xhat = (x - mean) * rstd:
// dx += rstd * (g - mean(g) - xhat * mean(g * xhat)), where the norm's gradient joins the one that flows past it along the
// residual, or, without ADD, is the first; and partials[part] = (sum dy * xhat, sum dy) over the rows of a part, for the
// gain and the bias, to be added up by matmul/reduce.wgsl.
//
// A workgroup takes a part, SIDE rows at a time; LANES threads share a row.
// Constants: ROWS, WIDTH, LANES, THREADS, ROWS_PART, ADD. Needs common/full.wgsl or packed.wgsl. A branch file supplies
// passOn(index, value), which is given each vec4 of dx: what of it the branch before the norm needs.

@group(0) @binding(0) var<storage, read> dy: array<Stored>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec2f>;
@group(0) @binding(3) var<storage, read> gain: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>; // [parts, 2, WIDTH]

const VECTORS = WIDTH / 4u;
const TURNS = (VECTORS + LANES - 1u) / LANES;
const SIDE = THREADS / LANES;
const ROW_TURNS = (ROWS_PART + SIDE - 1u) / SIDE;

var<workgroup> rowSums: array<vec2f, THREADS>;
var<workgroup> columnSums: array<vec4f, THREADS>;

// The sum of a column's vec4 over the rows that stand side by side, given to the threads of the first.
fn sumSides(thread: u32, value: vec4f) -> vec4f {
  workgroupBarrier();
  columnSums[thread] = value;
  workgroupBarrier();
  var sum = vec4f();
  for (var side = 0u; side < SIDE; side++) {
    sum += columnSums[side * LANES + thread % LANES];
  }
  return sum;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let part = group.x;
  let lane = thread % LANES;
  let side = thread / LANES;
  let end = min(ROWS, (part + 1u) * ROWS_PART);
  var gains: array<vec4f, TURNS>;
  var gainSum: array<vec4f, TURNS>;
  var biasSum: array<vec4f, TURNS>;
  for (var turn = 0u; turn < TURNS; turn++) { // unrolled
    let i = turn * LANES + lane;
    if (i < VECTORS) { gains[turn] = gain[i]; }
  }
  for (var rowTurn = 0u; rowTurn < ROW_TURNS; rowTurn++) {
    let row = part * ROWS_PART + rowTurn * SIDE + side;
    let base = row * VECTORS;
    let stats = statistics[min(row, ROWS - 1u)];
    var before: array<vec4f, TURNS>;
    var scaled: array<vec4f, TURNS>;
    var centred: array<vec4f, TURNS>;
    var sums = vec2f();
    for (var turn = 0u; turn < TURNS; turn++) { // unrolled
      let i = turn * LANES + lane;
      if (row < end && i < VECTORS) {
        if (ADD) { before[turn] = dx[base + i]; }
        let gradient = wide(dy[base + i]);
        let xhat = (x[base + i] - stats.x) * stats.y;
        gainSum[turn] += gradient * xhat;
        biasSum[turn] += gradient;
        scaled[turn] = gradient * gains[turn];
        centred[turn] = xhat;
        sums += vec2f(dot(scaled[turn], vec4f(1.0)), dot(scaled[turn], xhat));
      }
    }
    workgroupBarrier();
    rowSums[thread] = sums;
    workgroupBarrier();
    var means = vec2f();
    for (var other = 0u; other < LANES; other++) {
      means += rowSums[side * LANES + other];
    }
    means /= f32(WIDTH);
    for (var turn = 0u; turn < TURNS; turn++) { // unrolled
      let i = turn * LANES + lane;
      if (row < end && i < VECTORS) {
        let result = before[turn] + stats.y * (scaled[turn] - means.x - centred[turn] * means.y);
        dx[base + i] = result;
        passOn(base + i, result);
      }
    }
  }
  for (var turn = 0u; turn < TURNS; turn++) { // unrolled
    let i = turn * LANES + lane;
    let gainTotal = sumSides(thread, gainSum[turn]);
    let biasTotal = sumSides(thread, biasSum[turn]);
    if (side == 0u && i < VECTORS) {
      partials[part * 2u * VECTORS + i] = gainTotal;
      partials[part * 2u * VECTORS + VECTORS + i] = biasTotal;
    }
  }
}
