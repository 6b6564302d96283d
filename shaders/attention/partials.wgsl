// Where partial sums of gradients stand: partials [parts, BATCH, HEAD_COUNT, PARTIAL_ROWS, PARTIAL_WIDTH4], a row being one
// of queries, or one of keys and then of values. Segments that need them have one group.
// Needs attention/place.wgsl.

// Vec4s of a part.
const PARTIAL_SIZE = BATCH * HEAD_COUNT * PARTIAL_ROWS * PARTIAL_WIDTH4;

fn partialIndex(part: u32, place: Place, row: u32, d: u32) -> u32 {
  let run = place.batch * HEAD_COUNT + place.head - FIRST_HEAD;
  return part * PARTIAL_SIZE + (run * PARTIAL_ROWS + row) * PARTIAL_WIDTH4 + d;
}
