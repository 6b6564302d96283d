export * from './factors.ts';
export * from './mask.ts';
export * from './segment.ts';
