// Draws from logits that are there already, and goes on. Needs decode/draw.wgsl.

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let position = positionOfSample(group.x, thread);
  goOn(group.x, position, thread, logits[group.x * VOCAB + min(thread, VOCAB - 1u)]);
}
