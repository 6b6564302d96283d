// The segments of a layer while sampling, as data: the formulas of src/patterns/segment.ts for one position.
// Needs decode/regions.wgsl.

// A segment, and the region of the cache that holds its keys.
struct CachedSegment {
  groupStep: u32,
  queryStep: u32,
  groups: u32,
  cells: u32,
  blockStep: u32,
  keyOffset: i32,
  headCycle: u32,
  queryBlock: u32,
  keysPerBlock: u32,
  ownKeys: i32,
  shift: i32,
  window: i32,
  region: Region,
}

// The key rows [lo, hi) that a position sees, and what turns them into positions.
struct Seen {
  lo: u32,
  hi: u32,
  group: u32,
  offset: i32,
}

fn seenFrom(segment: CachedSegment, head: u32, position: u32) -> Seen {
  // The group and query row of the position.
  var group = 0u;
  var row = position;
  if (segment.groups > 1u) {
    if (segment.groupStep >= segment.queryStep) {
      group = position / segment.groupStep;
      row = position % segment.groupStep;
    } else {
      group = position % segment.queryStep;
      row = position / segment.queryStep;
    }
  }
  let offset = segment.keyOffset - i32((head % segment.headCycle) * segment.cells);
  let own = i32(row % segment.queryBlock) + 1 - select(offset, 0, segment.queryBlock == 1u);
  let end = i32((row / segment.queryBlock) * segment.keysPerBlock) + clamp(own, 0, segment.ownKeys) - segment.shift;
  return Seen(u32(max(0, end - segment.window)), u32(max(0, end)), group, offset);
}

fn positionOf(segment: CachedSegment, seen: Seen, key: u32) -> u32 {
  return u32(i32(seen.group * segment.groupStep + (key / segment.cells) * segment.blockStep + key % segment.cells) + seen.offset);
}
