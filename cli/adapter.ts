// WebGPU in Node: Dawn, from the npm package `webgpu`, on the machine's graphics driver, or where there is none, on
// a software adapter that Chromium or Mesa brings along.

import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Where systems keep the descriptions of their Vulkan drivers. */
const driverFolders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

/** The files in a folder, as paths; none where it does not exist. */
function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** Descriptions of drivers that compute on the CPU, the fastest first. */
function softwareDrivers(): string[] {
  const lavapipe = driverFolders.flatMap(filesIn).filter((path) => /\/lvp_icd[^/]*\.json$/.test(path));
  const playwright = filesIn(join(homedir(), '.cache/ms-playwright'))
    .filter((path) => /\/chromium-\d+$/.test(path))
    .flatMap(filesIn);
  const swiftshader = ['/usr/lib/chromium', '/opt/google/chrome', ...playwright].map((folder) =>
    join(folder, 'vk_swiftshader_icd.json'),
  );
  return [...lavapipe, ...swiftshader.filter((path) => existsSync(path))];
}

/** The drivers to try in turn; undefined stands for what the system chooses itself. */
function drivers(): (string | undefined)[] {
  if (process.platform !== 'linux') return [undefined];
  const chosen = process.env.VK_ICD_FILENAMES ?? process.env.VK_DRIVER_FILES;
  // Dawn complains at length of a driver that is not there.
  if (chosen) return chosen.split(delimiter).some((path) => existsSync(path)) ? [chosen] : [];
  return driverFolders.flatMap(filesIn).length > 0 ? [undefined, ...softwareDrivers()] : softwareDrivers();
}

/**
 * Makes Vulkan use a driver. Dawn opens libvulkan.so.1 by its name alone: a copy beside the driver, where Chromium
 * puts one, is found by that name only if it is in memory already.
 */
function selectDriver(driver: string): void {
  process.env.VK_ICD_FILENAMES = driver;
  const vulkan = join(dirname(driver), 'libvulkan.so.1');
  if (!existsSync(vulkan)) return;
  const keepLoaded = 0x1000; // RTLD_NODELETE: Node unloads at once what is no module of its own.
  try {
    process.dlopen({ exports: {} }, vulkan, constants.dlopen.RTLD_NOW | keepLoaded);
  } catch {
    // That it is no module of its own is what Node reports here.
  }
}

/** Dawn's devices die with the instance that they came from, which must therefore never be collected. */
let instance: GPU | undefined;

/** Dawn beside the sources or, where only NODE_PATH leads to it, from there: `import` does not look there. */
async function loadDawn(): Promise<typeof import('webgpu') | undefined> {
  try {
    return await import('webgpu').catch(() => createRequire(import.meta.url)('webgpu'));
  } catch {
    return undefined;
  }
}

/**
 * What Dawn keeps behind flags: subgroup matrices, and float16 arithmetic on NVIDIA under Vulkan, which does not pass
 * the conformance tests of its rounding there (https://crbug.com/42251215). Mixed precision alone uses them.
 */
const features = 'enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia';

/**
 * Opens Dawn with the first driver that offers an adapter; undefined where there is none, or no Dawn.
 * `toggles` are Dawn's own, such as `disable-dawn-features=timestamp_quantization`.
 */
export async function openDawn(toggles: string[] = []): Promise<GPU | undefined> {
  const dawn = await loadDawn();
  if (!dawn) return undefined;
  Object.assign(globalThis, dawn.globals);
  for (const driver of drivers()) {
    if (driver) selectDriver(driver);
    instance = dawn.create([features, ...toggles]);
    if (await instance.requestAdapter()) return instance;
  }
  return undefined;
}
