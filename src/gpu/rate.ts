// How much work a device does in a second, learnt from how long pieces of work took. Now and then a piece takes far
// longer than its work explains (the system was busy, a tab slept): one such piece must not change much.

/** A stretch of work that was waited for. */
export interface Timed {
  /** Operations, as kernels estimate them. */
  readonly work: number;
  readonly ms: number;
}

/** Work in less time says more about waiting than about working. */
const SHORTEST_MS = 5;
/** The slowest piece of long work may take so many times as long as it should. */
const SPREAD = 2.5;
/** Pieces with less than this share of the largest one's work are not taken for the slowest. */
const LARGE_SHARE = 1 / 4;
/** Among fewer pieces, one that is slow is not told from a kind of work. */
const SEVERAL = 4;
/** How far one lesson may change the rate: less far down, where stalls lead. */
const MOST_RISE = 16;
const MOST_FALL = 4;
/** What would change less than this is left, so that plans keep their parts. */
const WORTH_CHANGING = 1.25;

export class Rate {
  #perSecond: number;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  /** Believes this, until something else is learnt. */
  assume(perSecond: number): void {
    this.#perSecond = perSecond;
  }

  /** Learns from pieces of work that ran one after the other. */
  learn(pieces: readonly Timed[]): void {
    const work = pieces.reduce((sum, piece) => sum + piece.work, 0);
    const ms = pieces.reduce((sum, piece) => sum + piece.ms, 0);
    if (ms < SHORTEST_MS || work === 0) return;
    const measured = Math.min(perSecond({ work, ms }), SPREAD * slowest(pieces));
    const ratio = Math.min(MOST_RISE, Math.max(1 / MOST_FALL, measured / this.#perSecond));
    if (ratio > WORTH_CHANGING || ratio < 1 / WORTH_CHANGING) this.#perSecond *= ratio;
  }
}

const perSecond = ({ work, ms }: Timed): number => (1000 * work) / ms;

/** The speed of the slowest kind of work. A kind recurs: of several pieces, one alone that is slow has stalled. */
function slowest(pieces: readonly Timed[]): number {
  const largest = Math.max(...pieces.map(({ work }) => work));
  const telling = pieces
    .filter(({ work, ms }) => ms > SHORTEST_MS && work >= LARGE_SHARE * largest)
    .map(perSecond)
    .sort((a, b) => a - b);
  return telling[pieces.length >= SEVERAL ? 1 : 0] ?? Infinity;
}
