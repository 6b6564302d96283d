// Activations and their gradients in half precision: four neighbours stand as four float16s, packed into two words.
// No feature is needed for that; kernels compute in float32, or hand the words on to f16 arithmetic as they are.

alias Stored = vec2u;

fn wide(x: Stored) -> vec4f {
  return vec4f(unpack2x16float(x.x), unpack2x16float(x.y));
}

// What float16 cannot hold, infinities and NaN among it, becomes float16's infinity by bits: packing such a value is
// undefined, and the loss scale is halved when an infinity arrives in a gradient.
fn narrow(x: vec4f) -> Stored {
  let over = (bitcast<vec4u>(x) & vec4u(0x7fffffffu)) > vec4u(0x477fe000u);
  let infinite = select(vec4u(), vec4u(0x7c00u, 0x7c000000u, 0x7c00u, 0x7c000000u), over);
  let y = select(x, vec4f(), over);
  return vec2u(pack2x16float(y.xy), pack2x16float(y.zw)) | vec2u(infinite.x | infinite.y, infinite.z | infinite.w);
}
