// Layer norms of the BATCH rows that a workgroup holds. Constants: WIDTH, BATCH and THREADS (powers of two), GAIN and SHIFT
// (elements before them in `vectors`), EPS (f32). A kernel declares `vectors: array<vec4f>`.

const WIDTH4 = WIDTH / 4u;
// Threads that take the moments of a row.
const MEASURERS = min(16u, THREADS / BATCH);
var<workgroup> rows: array<vec4f, BATCH * WIDTH4>;
var<workgroup> gain: array<vec4f, WIDTH4>;
var<workgroup> shift: array<vec4f, WIDTH4>;
// Mean and sum of squares about it, of a part of a row.
var<workgroup> moments: array<vec2f, BATCH * MEASURERS>;

// Elements of a row that one of the threads measures.
fn measured(measurer: u32) -> f32 {
  return 4.0 * f32((WIDTH4 + MEASURERS - 1u - measurer) / MEASURERS);
}

// Fetches what `normalise` needs; called early, so that nothing waits for it.
fn fetchNorm(thread: u32) {
  for (var i = thread; i < WIDTH4; i += THREADS) {
    gain[i] = vectors[GAIN / 4u + i];
    shift[i] = vectors[SHIFT / 4u + i];
  }
}

// rows = norm(rows), with a barrier before and after.
fn normalise(thread: u32) {
  workgroupBarrier();
  if (thread < BATCH * MEASURERS) {
    let b = thread / MEASURERS;
    let first = thread % MEASURERS;
    let count = max(1.0, measured(first));
    var sum = 0.0;
    for (var i = first; i < WIDTH4; i += MEASURERS) { sum += dot(rows[b * WIDTH4 + i], vec4f(1.0)); }
    var squares = 0.0;
    for (var i = first; i < WIDTH4; i += MEASURERS) {
      let centred = rows[b * WIDTH4 + i] - sum / count;
      squares += dot(centred, centred);
    }
    moments[thread] = vec2f(sum / count, squares);
  }
  workgroupBarrier();
  for (var i = thread; i < BATCH * WIDTH4; i += THREADS) {
    let first = (i / WIDTH4) * MEASURERS;
    var mean = 0.0;
    for (var part = 0u; part < MEASURERS; part++) { // unrolled
      mean += moments[first + part].x * measured(part);
    }
    mean /= f32(WIDTH);
    var squares = 0.0;
    for (var part = 0u; part < MEASURERS; part++) { // unrolled
      let off = moments[first + part].x - mean;
      squares += moments[first + part].y + measured(part) * off * off;
    }
    rows[i] = (rows[i] - mean) * inverseSqrt(squares / f32(WIDTH) + EPS) * gain[i % WIDTH4] + shift[i % WIDTH4];
  }
  workgroupBarrier();
}
