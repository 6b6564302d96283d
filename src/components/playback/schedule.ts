// Which samples of a sound go to the audio clock next, and when. The sound may still be growing: playing begins once
// enough is there, waits where it runs dry, and never clicks, because what ends or begins in the middle is faded.

/** A stretch of samples and the moment of the audio clock at which its first one sounds. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly atSeconds: number;
  readonly fadeIn: boolean;
  readonly fadeOut: boolean;
}

export type PlaybackState = 'waiting' | 'playing' | 'ended';

/** Buffered before a growing sound begins, or goes on after a gap. */
const ENOUGH_SECONDS = 1;
/** Scheduled ahead of the clock: more than a timer in a hidden tab sleeps. */
const AHEAD_SECONDS = 2;
/** From the decision to the first sample. */
const LEAD_SECONDS = 0.05;
/** With so little left and nothing new, the end of what is there is faded out, and silence follows. */
const URGENT_SECONDS = 0.15;
export const FADE_SECONDS = 0.005;

export class Schedule {
  readonly #rateHz: number;
  #state: PlaybackState = 'waiting';
  #pieces: Piece[] = [];
  /** The first sample that is not scheduled yet, and when it is due. */
  #next: number;
  #dueSeconds = 0;
  /** What comes next begins out of silence; while it plays, that silence has to come first. */
  #fromSilence = true;

  constructor(rateHz: number, from = 0) {
    this.#rateHz = rateHz;
    this.#next = from;
  }

  get state(): PlaybackState {
    return this.#state;
  }

  /** What to schedule at `nowSeconds`, when `available` samples are there; `whole` tells that no more will come. */
  plan(nowSeconds: number, available: number, whole: boolean): readonly Piece[] {
    if (this.#state === 'ended') return [];
    if (this.#state === 'playing' && nowSeconds >= this.#dueSeconds) {
      this.#state = 'waiting';
      this.#fromSilence = true;
    }
    // What comes late must not end the fade with another one: a dip for each chunk is heard as stutter.
    if (this.#state === 'playing' && this.#fromSilence) return [];
    const left = available - this.#next;
    if (this.#state === 'waiting') {
      if (whole && left <= 0) {
        this.#state = 'ended';
        return [];
      }
      if (!whole && left < ENOUGH_SECONDS * this.#rateHz) return [];
      this.#state = 'playing';
      // On a whole sample, so that none is interpolated.
      this.#dueSeconds = Math.ceil((nowSeconds + LEAD_SECONDS) * this.#rateHz) / this.#rateHz;
    }
    const aheadSeconds = this.#dueSeconds - nowSeconds;
    if (!whole && left > 0 && aheadSeconds + left / this.#rateHz < URGENT_SECONDS) {
      return [this.#add(available, true)];
    }
    // The newest samples wait until it is known whether they need a fade.
    const free = whole ? available : available - Math.ceil(FADE_SECONDS * this.#rateHz);
    if (aheadSeconds >= AHEAD_SECONDS / 2 || free <= this.#next) return [];
    const to = Math.min(free, this.#next + Math.ceil(AHEAD_SECONDS * this.#rateHz));
    return [this.#add(to, whole && to === available)];
  }

  /** The sample that is heard now, or was heard last. */
  positionAt(nowSeconds: number): number {
    const piece = this.#pieces.findLast(({ atSeconds }) => atSeconds <= nowSeconds);
    if (!piece) return this.#pieces[0]?.from ?? this.#next;
    return Math.min(piece.to, piece.from + (nowSeconds - piece.atSeconds) * this.#rateHz);
  }

  #add(to: number, fadeOut: boolean): Piece {
    const piece = {
      from: this.#next,
      to,
      atSeconds: this.#dueSeconds,
      fadeIn: this.#fromSilence,
      fadeOut,
    };
    this.#pieces = [...this.#pieces.slice(-8), piece];
    this.#dueSeconds += (to - piece.from) / this.#rateHz;
    this.#next = to;
    this.#fromSilence = fadeOut;
    return piece;
  }
}
