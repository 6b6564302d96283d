// Draws a byte of a sample from its logits: temperature, then the topK likeliest, then the smallest set of them
// whose probability reaches topP, then one by a counter-based uniform number; while the prompt lasts, takes its byte.
// The twin of src/sample/draw.ts. Then it lays out the next byte's input row and moves the sample on. A workgroup of 256
// threads takes a sample, a thread one byte value.
// Constants: VOCAB (at most 256), T. Needs common/random.wgsl and decode/row.wgsl.

struct Settings { seed: u32, topK: u32, topP: f32, temperature: f32, promptLength: u32 }

@group(0) @binding(1) var<storage, read_write> state: array<u32>;     // position [S]
@group(0) @binding(2) var<storage, read_write> logits: array<f32>;    // [S, VOCAB]
@group(0) @binding(3) var<storage, read_write> tokens: array<u32>;    // [S, T]
@group(0) @binding(4) var<storage, read_write> x: array<vec4f>;       // [S, WIDTH]
@group(0) @binding(5) var<uniform> settings: Settings;

var<workgroup> drawScratch: array<f32, 256>;
var<workgroup> sorted: array<f32, 256>;
var<workgroup> order: array<u32, 256>;
var<workgroup> kept: atomic<u32>;
var<workgroup> choice: atomic<u32>;
var<workgroup> drawn: u32;
var<workgroup> place: u32;

fn maximum(thread: u32, value: f32) -> f32 {
  drawScratch[thread] = value;
  workgroupBarrier();
  for (var width = 128u; width > 0u; width = width / 2u) {
    if (thread < width) { drawScratch[thread] = max(drawScratch[thread], drawScratch[thread + width]); }
    workgroupBarrier();
  }
  let result = drawScratch[0];
  workgroupBarrier();
  return result;
}

// drawScratch = the running sums of value over threads.
fn runningSum(thread: u32, value: f32) {
  drawScratch[thread] = value;
  workgroupBarrier();
  for (var distance = 1u; distance < 256u; distance = distance * 2u) {
    var before = 0.0;
    if (thread >= distance) { before = drawScratch[thread - distance]; }
    workgroupBarrier();
    drawScratch[thread] += before;
    workgroupBarrier();
  }
}

// Puts the sample's byte at `position` into `tokens` and `drawn`.
fn draw(sample: u32, position: u32, thread: u32, value: f32) {
  let inside = thread < VOCAB;
  let logit = select(-1e30, value, inside);
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
  let total = drawScratch[255];
  // Kept by topP while what came before has not reached it.
  let before = drawScratch[thread] - ranked;
  if (thread < limit && (thread == 0u || before < settings.topP * total)) { atomicMax(&kept, thread + 1u); }
  workgroupBarrier();
  let keptCount = atomicLoad(&kept);
  let goal = uniform01(settings.seed, sample, position, 0x5a17u) * drawScratch[keptCount - 1u];
  if (thread < keptCount && drawScratch[thread] > goal) { atomicMin(&choice, thread); }
  workgroupBarrier();
  if (thread == 0u) {
    let chosen = select(min(atomicLoad(&choice), keptCount - 1u), 0u, settings.temperature == 0.0);
    drawn = order[chosen];
    tokens[sample * T + position] = drawn;
  }
}

// The position of a sample, the same for the whole workgroup.
fn positionOfSample(sample: u32, thread: u32) -> u32 {
  if (thread == 0u) { place = state[sample]; }
  return workgroupUniformLoad(&place);
}

// `value`: the logit of the thread's byte.
fn goOn(sample: u32, position: u32, thread: u32, value: f32) {
  if (position >= T) { return; }
  if (position < settings.promptLength) {
    if (thread == 0u) { drawn = tokens[sample * T + position]; }
  } else {
    draw(sample, position, thread, value);
  }
  workgroupBarrier();
  for (var d = thread; d < VECTORS; d += 256u) { x[sample * VECTORS + d] = inputRow(d, position + 1u, drawn); }
  if (thread == 0u) { state[sample] = position + 1u; }
}
