/** Items that are told apart by their place alone, with a key for each. */
export const numbered = <T>(items: readonly T[]) =>
  items.map((item, index) => ({ key: String(index), index, item }));
