// `npm run bench:build`: everything that a bare machine needs to measure, in .cache/bench. There, with Node and the
// packages `webgpu` and `playwright-core` on NODE_PATH:
//   node .cache/bench/weft.mjs bench ...       in Node
//   node .cache/bench/browser.mjs ...          in Chromium
//   node .cache/bench/peers.mjs ...            other libraries in Chromium, where bench/peers is installed
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, root } from '../scripts/bundle.mjs';

export const folder = join(root, '.cache/bench');

const command = { platform: 'node', epilogue: 'await main(process.argv.slice(2));' };

/** Bundles a page, and the program that drives a browser to it, as `name`.mjs. */
async function buildPage(name, page, program) {
  await bundle(page, join(folder, name, 'page.js'), { platform: 'browser' });
  copyFileSync(join(root, 'bench/page.html'), join(folder, name, 'index.html'));
  await bundle(program, join(folder, `${name}.mjs`), command);
}

export const buildBrowser = () => buildPage('browser', 'bench/page.ts', 'bench/browser.ts');
export const buildPeers = () => buildPage('peers', 'bench/peers/page.mjs', 'bench/peers/browser.ts');

export const buildReport = () => bundle('bench/report.ts', join(folder, 'report.mjs'), command);

export const peersInstalled = () => existsSync(join(root, 'bench/peers/node_modules'));

if (import.meta.filename === process.argv[1]) {
  await bundle('cli/weft.ts', join(folder, 'weft.mjs'), command);
  await buildBrowser();
  if (peersInstalled()) await buildPeers();
  console.log(`Built ${folder}`);
}
