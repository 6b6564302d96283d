// Which Chromium the tests drive, and with which flags. `WEFT_CHROMIUM` names another one; a system
// Chromium comes next; otherwise Playwright's own is used.
import { existsSync } from 'node:fs';

const systemChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Debian's Chromium without windows, which opens a page in half the time. */
const headlessShell = '/usr/bin/chromium-headless-shell';

/** Path of the browser to launch, or undefined for Playwright's own. */
export function chromiumPath() {
  return process.env.WEFT_CHROMIUM ?? systemChromium.find((path) => existsSync(path));
}

/** The same for stories, of which each opens a page of its own: without windows where there is such a one. */
export function headlessPath() {
  return process.env.WEFT_CHROMIUM ?? [headlessShell, ...systemChromium].find((path) => existsSync(path));
}

/** Packages of Debian that bring the browsers above, as far as they are not here. */
export function missingDebianPackages() {
  if (process.env.WEFT_CHROMIUM) return [];
  return [
    ...(chromiumPath() ? [] : ['chromium']),
    ...(existsSync(headlessShell) ? [] : ['chromium-headless-shell']),
  ];
}

/** Without these, headless Chromium on a machine without a GPU offers no WebGPU adapter at all. */
export const chromiumArguments = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * The same for tests, where nothing is tidied up after a kernel: what it reads outside of an array, or of a workgroup's
 * memory before it wrote there, is not made zero. And a software adapter then compiles in half the time.
 */
export const testArguments = [
  ...chromiumArguments,
  '--enable-dawn-features=disable_robustness,disable_workgroup_init',
];
