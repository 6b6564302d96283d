// `npm run bench:build`: everything that a bare machine needs to measure, in .cache/bench. There, with Node and the
// packages `webgpu` and `playwright-core` on NODE_PATH:
//   node .cache/bench/weft.mjs bench ...       in Node
//   node .cache/bench/browser.mjs ...          in Chromium
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, root } from '../scripts/bundle.mjs';

export const folder = join(root, '.cache/bench');

const command = { platform: 'node', epilogue: 'await main(process.argv.slice(2));' };

/** Bundles the browser's half and the program that drives it. */
export async function buildBrowser() {
  await bundle('bench/page.ts', join(folder, 'page/page.js'), { platform: 'browser' });
  copyFileSync(join(root, 'bench/page.html'), join(folder, 'page/index.html'));
  await bundle('bench/browser.ts', join(folder, 'browser.mjs'), command);
}

if (import.meta.filename === process.argv[1]) {
  await buildBrowser();
  await bundle('cli/weft.ts', join(folder, 'weft.mjs'), command);
  console.log(`Built ${folder}`);
}
