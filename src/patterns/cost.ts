// How many query-key pairs a pattern computes, in closed form: the measure of its work, of which a dense
// layer has n (n + 1) / 2 (paper section 4.2).

import { firstQueryReaching, type HeadSegments, keyOffset, queryRows, type Segment } from './segment.ts';

/** Pairs of causal dense attention over `length` positions. */
export function densePairs(length: number): number {
  return (length * (length + 1)) / 2;
}

/** Pairs that head `head` computes in one segment over `length` positions. */
export function segmentPairs(segment: Segment, head: number, length: number): number {
  // Groups are of at most two sizes, the larger first: columns differ by one row, and the last block may be cut.
  const { groups } = segment;
  const large = queryRows(segment, 0, length);
  const small = queryRows(segment, groups - 1, length);
  const largeGroups = large === small ? groups : (length - groups * small) / (large - small);
  return (
    largeGroups * groupPairs(segment, head, large) + (groups - largeGroups) * groupPairs(segment, head, small)
  );
}

/** Pairs of a head's disjoint segments. */
export function headPairs(segments: readonly Segment[], head: number, length: number): number {
  return segments.reduce((pairs, segment) => pairs + segmentPairs(segment, head, length), 0);
}

/** Pairs of a run of heads. */
export function headGroupPairs(group: HeadSegments, length: number): number {
  let pairs = 0;
  for (let head = group.firstHead; head < group.firstHead + group.nHead; head++) {
    pairs += headPairs(group.segments, head, length);
  }
  return pairs;
}

/** The sum over a group's query rows of hi(q) - lo(q) = max(0, end(q)) - max(0, end(q) - window). */
function groupPairs(segment: Segment, head: number, rows: number): number {
  return sumOfEnds(segment, head, rows, 0) - sumOfEnds(segment, head, rows, segment.window);
}

/** The sum over query rows q < rows of max(0, end(q) - cut). */
function sumOfEnds(segment: Segment, head: number, rows: number, cut: number): number {
  const first = Math.min(rows, firstQueryReaching(segment, head, cut + 1));
  const sum = unshiftedSum(segment, head, rows) - unshiftedSum(segment, head, first);
  return sum - (rows - first) * (cut + segment.shift);
}

/** The sum over query rows q < rows of end(q) + shift. */
function unshiftedSum(segment: Segment, head: number, rows: number): number {
  const { queryBlock, keysPerBlock } = segment;
  const blocks = Math.floor(rows / queryBlock);
  const rest = rows % queryBlock;
  const earlierBlocks = keysPerBlock * ((queryBlock * blocks * (blocks - 1)) / 2 + rest * blocks);
  return earlierBlocks + blocks * ownSum(segment, head, queryBlock) + ownSum(segment, head, rest);
}

/** The sum over the first `rows` rows of a query block of the keys they see in it: 0, ..., 0, 1, 2, ..., ownKeys, ownKeys, ... */
function ownSum(segment: Segment, head: number, rows: number): number {
  const ownStart = segment.queryBlock === 1 ? 0 : keyOffset(segment, head);
  const seeing = Math.max(0, rows - ownStart);
  const rising = Math.min(seeing, segment.ownKeys);
  return (rising * (rising + 1)) / 2 + (seeing - rising) * segment.ownKeys;
}
