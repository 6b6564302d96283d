// No branch before the norm needs its gradient apart: it reads dx itself, or there is none.

fn passOn(index: u32, value: vec4f) {}
