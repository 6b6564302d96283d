// The next position, once every sample has its byte. One thread.

struct State { position: u32 }

@group(0) @binding(0) var<storage, read_write> state: State;

@compute @workgroup_size(1)
fn main() {
  state.position++;
}
