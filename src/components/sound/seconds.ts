/** 8000 samples at 8000 Hz -> "1.0 s". */
export const seconds = (samples: number, rateHz: number): string =>
  `${(samples / rateHz).toFixed(samples < rateHz ? 2 : 1)} s`;
