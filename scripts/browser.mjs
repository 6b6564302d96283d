// Which Chromium the tests drive, and with which flags. `WEFT_CHROMIUM` names another one; a system
// Chromium comes next; otherwise Playwright's own is used.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const systemChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of the browser to launch, or undefined for Playwright's own. */
export function chromiumPath() {
  return process.env.WEFT_CHROMIUM ?? systemChromium.find((path) => existsSync(path));
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

/**
 * Environment in which Dawn in Node finds a software adapter: the Vulkan that Debian's Chromium brings along.
 * Empty where there is none, and Node then finds what the machine itself has.
 */
export function softwareVulkan() {
  const folder = '/usr/lib/chromium';
  const driver = join(folder, 'vk_swiftshader_icd.json');
  return existsSync(driver) ? { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: driver } : {};
}
