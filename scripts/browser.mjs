// Which Chromium the tests drive, and with which flags. `WEFT_CHROMIUM` names another one; a system
// Chromium comes next; otherwise Playwright's own is used.
import { existsSync } from 'node:fs';

const systemChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of the browser to launch, or undefined for Playwright's own. */
export function chromiumPath() {
  return process.env.WEFT_CHROMIUM ?? systemChromium.find((path) => existsSync(path));
}

const headlessShell = '/usr/bin/chromium-headless-shell';

/** Debian's Chromium without windows, if it is here: it opens a page in half the time, and all else is the same. */
export function headlessPath() {
  return existsSync(headlessShell) ? headlessShell : undefined;
}

// Without these, headless Chromium on a machine without a GPU offers no WebGPU adapter at all.
export const chromiumArguments = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
