// Lets words through one at a time with a pause between; of what comes during the pause only the last is said,
// since older news is no longer true.

export const PAUSE_MS = 10_000;

export class Pacer {
  readonly #say: (words: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next: string | null = null;

  constructor(say: (words: string) => void) {
    this.#say = say;
  }

  say(words: string): void {
    if (this.#timer !== undefined) {
      this.#next = words;
      return;
    }
    this.#say(words);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#next;
      this.#next = null;
      if (next !== null) this.say(next);
    }, PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
