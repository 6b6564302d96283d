// GELU as the paper has it (section 5.2): f(x) = x * sigmoid(1.702 x).

fn sigmoid1702(x: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(-1.702 * x));
}

fn gelu(x: vec4f) -> vec4f {
  return x * sigmoid1702(x);
}

// f'(x) = s (1 + 1.702 x (1 - s)) with s = sigmoid(1.702 x).
fn geluDerivative(x: vec4f) -> vec4f {
  let s = sigmoid1702(x);
  return s * (1.0 + 1.702 * x * (1.0 - s));
}
