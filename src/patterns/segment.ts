// A sparse pattern is a list of segments. A segment is a view of the sequence on the query side, a view on
// the key side, and a range of keys for each query: the one form in which attention is described, costed,
// drawn and computed. Everything here is closed-form integer arithmetic, so that nothing of size n x n
// ever exists; shaders/attention/segment.wgsl holds the same formulas for the kernels.
//
// Positions are 0-based. A segment splits into `groups` independent sub-problems (the columns of a strided
// pattern, the blocks of a fixed one). In group g,
//   query row q stands at position  g * groupStep + q * queryStep,
//   key row k stands at position    g * groupStep + floor(k / cells) * blockStep + k % cells + keyOffset(head),
//   query row q sees the key rows   [lo(q), hi(q)):
//     hi(q) = max(0, end(q)),  lo(q) = max(0, end(q) - window),
//     end(q) = floor(q / queryBlock) * keysPerBlock + clamp(q % queryBlock + 1 - ownStart(head), 0, ownKeys) - shift.
// `end` never decreases, so a run of queries sees one run of key rows, and the queries of a key are a run too.

/**
 * The elementary attention patterns: five of the paper (sections 4.2 and 4.3), and three of its successors: the block
 * before one's own, a local window with gaps, and the first positions of the sequence, which all later ones see.
 */
export const FACTORS = [
  'dense',
  'local',
  'column',
  'ownBlock',
  'summary',
  'previousBlock',
  'dilated',
  'sink',
] as const;

export type Factor = (typeof FACTORS)[number];

export interface Segment {
  readonly factor: Factor;
  readonly groups: number;
  readonly groupStep: number;
  readonly queryStep: number;
  /** Consecutive key positions in one block of the key view. */
  readonly cells: number;
  readonly blockStep: number;
  /** Key offset of head 0; head h stands `(h % headCycle) * cells` positions before it. */
  readonly keyOffset: number;
  readonly headCycle: number;
  readonly queryBlock: number;
  readonly keysPerBlock: number;
  /** How many keys of its own query block a query may see at most. */
  readonly ownKeys: number;
  readonly shift: number;
  /** Most keys that a query sees; `UNBOUNDED` where there is no left edge. */
  readonly window: number;
}

/** The heads [firstHead, firstHead + nHead) of a layer, which share their disjoint segments. */
export interface HeadSegments {
  readonly firstHead: number;
  readonly nHead: number;
  readonly segments: readonly Segment[];
}

/** Stands for "no left edge": larger than any sequence, small enough that sums stay below 2^31. */
export const UNBOUNDED = 2 ** 30;

/** The key offset of a head's view: heads of a summary segment read different cells of each block. */
export function keyOffset(segment: Segment, head: number): number {
  return segment.keyOffset - (head % segment.headCycle) * segment.cells;
}

/** Position in the sequence of query row `row` of group `group`. */
export function queryPosition(segment: Segment, group: number, row: number): number {
  return group * segment.groupStep + row * segment.queryStep;
}

/** Position in the sequence of key row `row` of group `group`, as head `head` reads it. */
export function keyPosition(segment: Segment, head: number, group: number, row: number): number {
  const block = Math.floor(row / segment.cells);
  return (
    group * segment.groupStep + block * segment.blockStep + (row % segment.cells) + keyOffset(segment, head)
  );
}

/** True where the groups are consecutive blocks of positions, false where they are interleaved columns. */
function groupsAreBlocks(segment: Segment): boolean {
  return segment.groups > 1 && segment.groupStep >= segment.queryStep;
}

/** Number of query rows of a group in a sequence of `length` positions. */
export function queryRows(segment: Segment, group: number, length: number): number {
  const first = group * segment.groupStep;
  const last = groupsAreBlocks(segment) ? Math.min(length, first + segment.groupStep) : length;
  return Math.max(0, Math.ceil((last - first) / segment.queryStep));
}

/** The most query rows that a group of the segment has in a sequence of `length` positions. */
export function maxQueryRows(segment: Segment, length: number): number {
  return queryRows(segment, 0, length);
}

/**
 * The most key rows that a group has: rows past the end of the sequence belong to its last, partial block. No
 * position is a key of two groups, so that kernels may add to a key's gradient group by group, side by side.
 */
export function keyRows(segment: Segment, length: number): number {
  if (groupsAreBlocks(segment)) return Math.min(length, segment.groupStep);
  return Math.ceil(length / segment.blockStep) * segment.cells;
}

/** Whether every one of `length` positions is a key row of some group, seen or not, as each head reads it. */
export function coversEveryKey(segment: Segment, length: number): boolean {
  const { cells, blockStep, headCycle, groups } = segment;
  const columns = groupsAreBlocks(segment) ? 1 : groups;
  return headCycle === 1 && segment.keyOffset === 0 && cells * columns >= Math.min(blockStep, length);
}

/** The group and query row of a position; every position is a query of exactly one group. */
export function queryOf(segment: Segment, position: number): { group: number; row: number } {
  if (groupsAreBlocks(segment)) {
    return { group: Math.floor(position / segment.groupStep), row: position % segment.groupStep };
  }
  return { group: position % segment.queryStep, row: Math.floor(position / segment.queryStep) };
}

/** One past the last key row that query row `row` sees, or less than 1 where it sees none. */
function keyEnd(segment: Segment, head: number, row: number): number {
  const ownStart = segment.queryBlock === 1 ? 0 : keyOffset(segment, head);
  const own = (row % segment.queryBlock) + 1 - ownStart;
  return (
    Math.floor(row / segment.queryBlock) * segment.keysPerBlock +
    Math.min(Math.max(own, 0), segment.ownKeys) -
    segment.shift
  );
}

/** The key rows [lo, hi) that query row `row` sees; empty when lo equals hi. */
export function keyRange(segment: Segment, head: number, row: number): { lo: number; hi: number } {
  const end = keyEnd(segment, head, row);
  return { lo: Math.max(0, end - segment.window), hi: Math.max(0, end) };
}

/** The first query row whose `end` is at least `target`: the inverse of `end`. */
export function firstQueryReaching(segment: Segment, head: number, target: number): number {
  const t = target + segment.shift;
  if (t <= 0) return 0;
  const { queryBlock, keysPerBlock, ownKeys } = segment;
  const block = Math.floor((t - 1) / keysPerBlock);
  const rest = t - block * keysPerBlock;
  if (rest > ownKeys) return (block + 1) * queryBlock;
  const ownStart = queryBlock === 1 ? 0 : keyOffset(segment, head);
  return block * queryBlock + ownStart + rest - 1;
}

/** The query rows [first, end) that see key row `row`, before cutting at the group's number of rows. */
export function queryRange(segment: Segment, head: number, row: number): { first: number; end: number } {
  // Without a left edge, all later queries see the key; the formula would leave 32 bits where blocks are long.
  const bounded = segment.window < UNBOUNDED;
  return {
    first: firstQueryReaching(segment, head, row + 1),
    end: bounded ? firstQueryReaching(segment, head, row + 1 + segment.window) : UNBOUNDED,
  };
}
