// Whether the keys 1 to 5 open the pages. Who speaks to the computer may want them off
// (https://www.w3.org/TR/WCAG22/#character-key-shortcuts).

import { useLocalStorage } from '@mantine/hooks';

/** The choice, kept in the browser, and how to change it. */
export function useNumberKeys(): readonly [on: boolean, set: (on: boolean) => void] {
  const [on, set] = useLocalStorage({
    key: 'weft-number-keys',
    defaultValue: true,
    getInitialValueInEffect: false,
    deserialize: (kept) => kept !== 'false',
  });
  return [on, set];
}
