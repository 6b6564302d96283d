// A sample's row of the residual stream, which the kernel before left as ADDENDS rows to be added up.
// Constants: ADDENDS, WIDE_LANES (a power of two, at least WIDTH / 4 and at most THREADS). Needs decode/norm.wgsl.
// A kernel declares `addends: array<vec4f>`, [S, ADDENDS, WIDTH].

const WIDE_SHARES = THREADS / WIDE_LANES;
const GATHER_TURNS = (ADDENDS + WIDE_SHARES - 1u) / WIDE_SHARES;
var<workgroup> sums: array<vec4f, THREADS>;

// The sum of what the threads of a column hold in `sums`; for those of the first share.
fn overShares(thread: u32, lanes: u32, shares: u32) -> vec4f {
  var sum = sums[thread];
  for (var share = 1u; share < shares; share++) { sum += sums[thread + share * lanes]; }
  return sum;
}

// rows = the row, with BATCH of 1. Afterwards a thread may read what it reads at `thread` alone.
fn gather(sample: u32, thread: u32) {
  let column = thread % WIDE_LANES;
  let share = thread / WIDE_LANES;
  var sum = vec4f();
  if (column < WIDTH4) {
    for (var turn = 0u; turn < GATHER_TURNS; turn++) { // unrolled
      let i = turn * WIDE_SHARES + share;
      if (i < ADDENDS) { sum += addends[(sample * ADDENDS + i) * WIDTH4 + column]; }
    }
  }
  sums[thread] = sum;
  workgroupBarrier();
  if (thread < WIDTH4) { rows[thread] = overShares(thread, WIDE_LANES, WIDE_SHARES); }
}
