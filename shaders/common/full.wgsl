// Activations and their gradients in float32: four neighbours stand as a vec4.

alias Stored = vec4f;

fn wide(x: Stored) -> vec4f { return x; }

fn narrow(x: vec4f) -> Stored { return x; }
