// One vec4 of the gradient of qkv: added to what earlier segments left there or, where ADDS is false, written. Each
// element belongs to one thread of a dispatch, so the sums have one order.
// Needs a binding dQkv [B * T, QKV_WIDTH], read_write.

fn addGradient(index: u32, value: vec4f) {
  putGradient(index, value, ADDS);
}

fn putGradient(index: u32, value: vec4f, adds: bool) {
  var sum = value;
  if (adds) { sum += wide(dQkv[index]); }
  dQkv[index] = narrow(sum);
}
