// The device of the tests in a browser.

import { Gpu } from './device.ts';

let opened: Promise<Gpu> | undefined;

/** One device for all test files of a page, so that a kernel which several of them use is compiled once. */
export function testGpu(): Promise<Gpu> {
  opened ??= Gpu.open(navigator.gpu);
  return opened;
}
