// What `train` prints: with --json a line for each step, otherwise some fifty over the run, with the time that is left.

import { MAX_STEPS, type TrainingConfig } from '../src/model/config.ts';
import type { Progress } from '../src/model/snapshot.ts';
import type { StepEvent } from '../src/protocol/index.ts';
import { shareDone } from '../src/train/schedule.ts';
import type { Output } from './output.ts';

/** Lines for people over a whole run, about. */
const LINES = 50;

type Length = Pick<TrainingConfig, 'steps' | 'minutes'>;

/** One line a step; a step's evaluation stands in its line, which therefore waits for what follows. */
export class StepLines {
  readonly #output: Output;
  readonly #length: Length;
  readonly #from: Pick<Progress, 'step' | 'seconds'>;
  /** The share of the run at which the next line for people is due. */
  #nextAt = 0;
  #waiting: (StepEvent & { heldOutBitsPerByte?: number }) | undefined;

  /** Of a run of this length, which goes on from there. */
  constructor(output: Output, length: Length, from: Pick<Progress, 'step' | 'seconds'>) {
    this.#output = output;
    this.#length = length;
    this.#from = from;
  }

  step(event: StepEvent): void {
    this.#flush();
    this.#waiting = event;
  }

  evaluation(bitsPerByte: number): void {
    if (this.#waiting) this.#waiting = { ...this.#waiting, heldOutBitsPerByte: bitsPerByte };
  }

  /** Prints what waits, or, when no step was left to do, what is known. */
  end(step: number, heldOutBitsPerByte: number | undefined): void {
    if (this.#waiting) this.#flush(true);
    else this.#output.print({ step, heldOutBitsPerByte }, `nothing left to do after ${step} steps`);
  }

  #flush(isLast = false): void {
    const event = this.#waiting;
    this.#waiting = undefined;
    if (!event) return;
    const share = this.#shareAfter(event);
    const isDue = this.#output.json || isLast || event.heldOutBitsPerByte !== undefined;
    if (!isDue && share < this.#nextAt) return;
    this.#nextAt = share + 1 / LINES;
    this.#output.print(event, this.#words(event, share));
  }

  #shareAfter({ step, seconds }: StepEvent): number {
    return shareDone({ step: step + 1, seconds }, this.#length);
  }

  #words(event: StepEvent & { heldOutBitsPerByte?: number }, share: number): string {
    const { step, bitsPerByte, learningRate, gradNorm, tokensPerSecond, heldOutBitsPerByte } = event;
    const { steps } = this.#length;
    const words = [
      `step ${step + 1}${steps < MAX_STEPS ? ` of ${steps}` : ''}`,
      `${bitsPerByte.toFixed(3)} bits per byte`,
      `learning rate ${learningRate.toExponential(1)}`,
      `gradient norm ${gradNorm.toFixed(2)}`,
      `${tokensPerSecond.toFixed(0)} bytes a second`,
    ];
    if (heldOutBitsPerByte !== undefined) words.push(`held-out ${heldOutBitsPerByte.toFixed(3)}`);
    if (share < 1) words.push(`${clock(this.#secondsLeft(event, share))} left`);
    return words.join('  ');
  }

  /** At the pace so far, of this process alone: the run may have begun on another machine. */
  #secondsLeft({ seconds }: StepEvent, share: number): number {
    const done = share - shareDone(this.#from, this.#length);
    return ((seconds - this.#from.seconds) * (1 - share)) / done;
  }
}

/** Seconds as people read them: 0:09, 59:00, 1:23:45. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const padded = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(whole % 60)}` : `${minutes}:${padded(whole % 60)}`;
}
