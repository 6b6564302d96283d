// What a layer's kernels must know of its pattern and cache, as one buffer. Constants: REGIONS, HEADS.
// Needs decode/regions.wgsl and decode/segments.wgsl.

struct Tables {
  regions: array<Region, REGIONS>,
  // First segment and count of each head.
  heads: array<vec2u, HEADS>,
  segments: array<CachedSegment>,
}
