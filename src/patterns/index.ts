export * from './factors.ts';
export * from './segment.ts';
