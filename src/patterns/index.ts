export * from './cost.ts';
export * from './experiments.ts';
export * from './factors.ts';
export * from './forms.ts';
export * from './mask.ts';
export * from './reach.ts';
export * from './runs.ts';
export * from './segment.ts';
