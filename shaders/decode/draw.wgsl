// Draws a byte of each sample from its logits: temperature, then the topK likeliest, then the smallest set of them
// whose probability reaches topP, then one by a counter-based uniform number; while the prompt lasts, takes its byte.
// The twin of src/sample/draw.ts. A workgroup of 256 threads takes a sample, a thread one byte value.
// Constants: VOCAB (at most 256), T. Needs common/random.wgsl.

struct State { position: u32 }
struct Settings { seed: u32, topK: u32, topP: f32, temperature: f32, promptLength: u32 }

@group(0) @binding(0) var<storage, read> state: State;
@group(0) @binding(1) var<storage, read> logits: array<f32>;          // [S, VOCAB]
@group(0) @binding(2) var<storage, read_write> tokens: array<u32>;    // [S, T]
@group(0) @binding(3) var<uniform> settings: Settings;

var<workgroup> scratch: array<f32, 256>;
var<workgroup> sorted: array<f32, 256>;
var<workgroup> order: array<u32, 256>;
var<workgroup> kept: atomic<u32>;
var<workgroup> choice: atomic<u32>;

fn maximum(thread: u32, value: f32) -> f32 {
  scratch[thread] = value;
  workgroupBarrier();
  for (var width = 128u; width > 0u; width = width / 2u) {
    if (thread < width) { scratch[thread] = max(scratch[thread], scratch[thread + width]); }
    workgroupBarrier();
  }
  let result = scratch[0];
  workgroupBarrier();
  return result;
}

// scratch = the running sums of value over threads.
fn runningSum(thread: u32, value: f32) {
  scratch[thread] = value;
  workgroupBarrier();
  for (var distance = 1u; distance < 256u; distance = distance * 2u) {
    var before = 0.0;
    if (thread >= distance) { before = scratch[thread - distance]; }
    workgroupBarrier();
    scratch[thread] += before;
    workgroupBarrier();
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = group.x;
  let position = state.position;
  if (position < settings.promptLength || position >= T) { return; }
  let inside = thread < VOCAB;
  var logit = -1e30;
  if (inside) { logit = logits[sample * VOCAB + thread]; }
  let top = maximum(thread, logit);
  let scale = select(settings.temperature, 1.0, settings.temperature == 0.0);
  let weight = select(0.0, exp((logit - top) / scale), inside);

  // Rank by counting: likelier bytes first, equals by value.
  sorted[thread] = select(-1.0, weight, inside);
  if (thread == 0u) { atomicStore(&kept, 0u); atomicStore(&choice, 255u); }
  workgroupBarrier();
  let mine = sorted[thread];
  var rank = 0u;
  for (var other = 0u; other < 256u; other++) {
    let theirs = sorted[other];
    if (theirs > mine || (theirs == mine && other < thread)) { rank++; }
  }
  workgroupBarrier();
  sorted[rank] = weight;
  order[rank] = thread;
  workgroupBarrier();

  // From here on a thread stands for a rank.
  let limit = select(settings.topK, VOCAB, settings.topK == 0u || settings.topK > VOCAB);
  let ranked = select(0.0, sorted[thread], thread < limit);
  runningSum(thread, ranked);
  let total = scratch[255];
  // Kept by topP while what came before has not reached it.
  let before = scratch[thread] - ranked;
  if (thread < limit && (thread == 0u || before < settings.topP * total)) { atomicMax(&kept, thread + 1u); }
  workgroupBarrier();
  let keptCount = atomicLoad(&kept);
  let goal = uniform01(settings.seed, sample, position, 0x5a17u) * scratch[keptCount - 1u];
  if (thread < keptCount && scratch[thread] > goal) { atomicMin(&choice, thread); }
  workgroupBarrier();
  if (thread == 0u) {
    let chosen = select(min(atomicLoad(&choice), keptCount - 1u), 0u, settings.temperature == 0.0);
    tokens[sample * T + position] = order[chosen];
  }
}
