// A value that is made when it is first needed, and once.

export class Lazy<T> {
  readonly #make: () => Promise<T>;
  #value: T | undefined;
  #making: Promise<T> | undefined;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** The value, if it is there already: callers then go on without giving way to others. */
  get ready(): T | undefined {
    return this.#value;
  }

  async get(): Promise<T> {
    this.#making ??= this.#make();
    this.#value = await this.#making;
    return this.#value;
  }
}
