// A segment of a sparse pattern: the formulas of src/patterns/segment.ts, and where its rows stand in the
// packed query/key/value buffer.
//
// Constants of the segment: GROUPS, GROUP_STEP, QUERY_STEP, QUERY_ROWS, KEY_ROWS (most rows of a group), CELLS,
// BLOCK_STEP, KEY_OFFSET, HEAD_CYCLE, QUERY_BLOCK, KEYS_PER_BLOCK, OWN_KEYS, SHIFT, WINDOW.
// Constants of the layer: T, HEADS (of the whole layer), FIRST_HEAD, HEAD_COUNT (that use this segment),
// D_QK and D_V (widths of one head). A row of qkv holds the queries of all heads, then the keys, then the values.

const QKV_WIDTH = HEADS * (2u * D_QK + D_V);
const QK4 = D_QK / 4u;
const V4 = D_V / 4u;
const SCALE = 1.0 / sqrt(f32(D_QK));
// Stands for "no key": the log-sum-exp of an empty row.
const NO_KEYS = -1e30;

fn headOffset(head: u32) -> i32 {
  return i32(KEY_OFFSET) - i32((head % HEAD_CYCLE) * CELLS);
}

fn queryPosition(group: u32, row: u32) -> u32 {
  return group * GROUP_STEP + row * QUERY_STEP;
}

// Past the end of a group every row stands outside the sequence.
fn queryInside(group: u32, row: u32) -> bool {
  return row < QUERY_ROWS && queryPosition(group, row) < T;
}

fn keyPosition(head: u32, group: u32, row: u32) -> u32 {
  return group * GROUP_STEP + (row / CELLS) * BLOCK_STEP + row % CELLS + u32(headOffset(head));
}

fn ownStart(head: u32) -> i32 {
  return select(headOffset(head), 0, QUERY_BLOCK == 1u);
}

fn keyEnd(head: u32, row: u32) -> i32 {
  let own = i32(row % QUERY_BLOCK) + 1 - ownStart(head);
  return i32((row / QUERY_BLOCK) * KEYS_PER_BLOCK) + clamp(own, 0, i32(OWN_KEYS)) - i32(SHIFT);
}

// The key rows [x, y) that a query row sees.
fn keyRange(head: u32, row: u32) -> vec2u {
  let end = keyEnd(head, row);
  return vec2u(u32(max(0, end - i32(WINDOW))), u32(max(0, end)));
}

fn firstQueryReaching(head: u32, goal: i32) -> u32 {
  let t = goal + i32(SHIFT);
  if (t <= 0) { return 0u; }
  // Past the last query block the answer only has to lie outside; uncut, an unbounded window would overflow.
  let block = min(u32(t - 1) / KEYS_PER_BLOCK, QUERY_ROWS / QUERY_BLOCK + 1u);
  let rest = u32(t) - block * KEYS_PER_BLOCK;
  if (rest > OWN_KEYS) { return (block + 1u) * QUERY_BLOCK; }
  return u32(i32(block * QUERY_BLOCK + rest) + ownStart(head) - 1);
}

// The query rows [x, y) that see a key row, before cutting at the group's rows.
fn queryRange(head: u32, row: u32) -> vec2u {
  return vec2u(
    firstQueryReaching(head, i32(row) + 1),
    firstQueryReaching(head, i32(row) + 1 + i32(WINDOW)));
}

// Index, in vec4s, of a head's query, key and value in row `row` of qkv ([B * T] rows).
fn queryIndex(row: u32, head: u32) -> u32 { return (row * QKV_WIDTH + head * D_QK) / 4u; }
fn keyIndex(row: u32, head: u32) -> u32 { return (row * QKV_WIDTH + (HEADS + head) * D_QK) / 4u; }
fn valueIndex(row: u32, head: u32) -> u32 { return (row * QKV_WIDTH + 2u * HEADS * D_QK + head * D_V) / 4u; }
