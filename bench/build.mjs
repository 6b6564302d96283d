// `npm run bench:build`: everything that a bare machine needs to measure, in .cache/bench. There, with Node and the
// packages `webgpu` and `playwright-core` on NODE_PATH:
//   node .cache/bench/weft.mjs bench ...       in Node
//   node .cache/bench/browser.mjs ...          in Chromium
//   node .cache/bench/peers.mjs ...            other libraries in Chromium, where bench/peers is installed
// And of an earlier commit beside it, for a ratio: `npm run bench:build -- --with COMMIT`, then
//   node .cache/bench/compare.mjs ...          both in turn, in Node or in Chromium
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, root } from '../scripts/bundle.mjs';

export const folder = join(root, '.cache/bench');

const command = { platform: 'node', epilogue: 'await main(process.argv.slice(2));' };

/** Bundles a page, and the program that drives a browser to it, as `name`.mjs. */
async function buildPage(name, page, program) {
  await bundle(page, join(folder, name, 'page.js'), { platform: 'browser' });
  copyFileSync(join(root, 'bench/page.html'), join(folder, name, 'index.html'));
  await bundle(program, join(folder, `${name}.mjs`), command);
}

export const buildNode = () => bundle('cli/weft.ts', join(folder, 'weft.mjs'), command);
export const buildBrowser = () => buildPage('browser', 'bench/page.ts', 'bench/browser.ts');
export const buildPeers = () => buildPage('peers', 'bench/peers/page.mjs', 'bench/peers/browser.ts');

/** Builds the benchmark of an earlier commit, by its own means, in `before`. */
export function buildBefore(commit) {
  const checkout = join(root, '.cache/before');
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: ['ignore', 'ignore', 2] });
  const remove = () => rmSync(checkout, { recursive: true, force: true });
  remove();
  try {
    // Forced: an earlier one may have been broken off.
    git('worktree', 'add', '--force', '--detach', checkout, commit);
  } catch {
    process.exit(2); // Git has said why.
  }
  try {
    execFileSync(process.execPath, ['bench/build.mjs'], { cwd: checkout, stdio: ['ignore', 'ignore', 2] });
    rmSync(join(folder, 'before'), { recursive: true, force: true });
    cpSync(join(checkout, '.cache/bench'), join(folder, 'before'), { recursive: true });
  } finally {
    remove();
    git('worktree', 'prune');
  }
}

/** Bundles the program that runs the present benchmark and the one in `before` in turn. */
export async function buildCompare() {
  await buildNode();
  await buildBrowser();
  await bundle('bench/compare.ts', join(folder, 'compare.mjs'), command);
}

export const buildReport = () => bundle('bench/report.ts', join(folder, 'report.mjs'), command);

export const peersInstalled = () => existsSync(join(root, 'bench/peers/node_modules'));

if (import.meta.filename === process.argv[1]) {
  const { values } = parseArgs({ options: { with: { type: 'string' } } });
  if (values.with !== undefined) buildBefore(values.with);
  await buildCompare();
  if (peersInstalled()) await buildPeers();
  console.log(`Built ${folder}`);
}
