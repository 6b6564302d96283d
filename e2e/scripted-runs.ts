// What the scripted engine keeps in the browser's storage.

import type { SavedRun } from '../src/protocol/index.ts';

export const savedRun: SavedRun = {
  id: 'a',
  name: 'letters.txt',
  medium: { kind: 'text' },
  step: 1800,
  steps: 3000,
  savedAtMs: 1_700_000_000_000,
  sizeBytes: 9_600_000,
  heldOutBitsPerByte: 1.62,
};
