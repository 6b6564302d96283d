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
 * Environment in which Dawn in Node finds a software adapter: the Vulkan that a Chromium on Linux brings along,
 * Debian's or the one in `folder`. Empty where there is none, and Node then finds what the machine itself has.
 */
export function softwareVulkan(folder) {
  const driver = 'vk_swiftshader_icd.json';
  const found = ['/usr/lib/chromium', folder].find((each) => existsSync(join(each, driver)));
  return found ? { LD_LIBRARY_PATH: found, VK_ICD_FILENAMES: join(found, driver) } : {};
}
