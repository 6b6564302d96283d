// Where the workgroups of a dispatch begin among those of the kernel: what is too much for one dispatch is cut into
// several (src/gpu/cut.ts), which differ in this alone.

@group(0) @binding(15) var<uniform> origin: vec4u;
