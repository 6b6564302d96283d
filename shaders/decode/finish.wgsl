// The end of a byte: logits = norm(x) W, with x the sum of the addends; the draw; the next byte's input row.
// A workgroup takes a sample. Constants of decode/draw.wgsl and decode/gather.wgsl, with BATCH 1 and THREADS 256.
// Needs both of them.

@group(0) @binding(6) var<storage, read> matrices: array<vec4f>;      // [WIDTH, VOCAB]
@group(0) @binding(7) var<storage, read> vectors: array<vec4f>;       // of the norm
@group(0) @binding(8) var<storage, read> addends: array<vec4f>;       // [S, ADDENDS, WIDTH]

const VOCAB4 = VOCAB / 4u;
const LOGIT_SHARES = THREADS / LOGIT_LANES;
const LOGIT_TURNS = (WIDTH4 + LOGIT_SHARES - 1u) / LOGIT_SHARES;
// One byte's each.
var<workgroup> values: array<vec4f, VOCAB4>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = group.x;
  let position = positionOfSample(sample, thread);
  fetchNorm(thread);
  gather(sample, thread);
  normalise(thread);
  let column = thread % LOGIT_LANES;
  var acc = vec4f();
  if (column < VOCAB4) {
    for (var turn = 0u; turn < LOGIT_TURNS; turn++) { // unrolled
      let k = turn * LOGIT_SHARES + thread / LOGIT_LANES;
      if (LOGIT_TURNS * LOGIT_SHARES == WIDTH4 || k < WIDTH4) {
        let at = k * 4u * VOCAB4 + column;
        let x = rows[k];
        acc += x.x * matrices[at] + x.y * matrices[at + VOCAB4] + x.z * matrices[at + 2u * VOCAB4] + x.w * matrices[at + 3u * VOCAB4];
      }
    }
  }
  sums[thread] = acc;
  workgroupBarrier();
  if (thread < VOCAB4) { values[thread] = overShares(thread, LOGIT_LANES, LOGIT_SHARES); }
  workgroupBarrier();
  let byte = min(thread, VOCAB - 1u);
  let logit = values[byte / 4u][byte % 4u];
  if (thread < VOCAB) { logits[sample * VOCAB + thread] = logit; }
  goOn(sample, position, thread, logit);
}
