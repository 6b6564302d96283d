// Where the rows of a layer's key/value cache stand. A cache has up to three regions, each an affine map of the
// position: a ring of recent rows, an archive of the rows that later positions still read, and the sequence's first. Fields as in src/model/cache.ts.

struct Region {
  // slot(p) = base + (p / period) * periodStep + (p % period) * step
  base: i32,
  period: u32,
  periodStep: u32,
  step: u32,
  // Positions with p % period below the first, or not below the second, are not kept.
  keptFrom: u32,
  keptTo: u32,
}

fn keeps(region: Region, position: u32) -> bool {
  let place = position % region.period;
  return place >= region.keptFrom && place < region.keptTo;
}

fn slotOf(region: Region, position: u32) -> u32 {
  return u32(region.base + i32((position / region.period) * region.periodStep + (position % region.period) * region.step));
}
