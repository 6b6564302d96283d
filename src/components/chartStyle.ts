// What all charts have in common: axes, grid and the note at the pointer, as properties of recharts' elements.

export const axis = {
  tick: { fontSize: 12, fill: 'var(--dim)' },
  stroke: 'var(--line)',
  tickLine: false,
} as const;

export const grid = { stroke: 'var(--line)', strokeOpacity: 0.6, vertical: false } as const;

export const tooltip = {
  isAnimationActive: false,
  cursor: { stroke: 'var(--control-line)' },
  contentStyle: {
    background: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: 7,
    fontSize: 12.5,
  },
} as const;
