// `npm run weft -- COMMAND`: installs what is missing, bundles the command line once for each state of the
// sources, and runs it. Parallel calls are safe.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, root } from './bundle.mjs';
import { installPackages, requireNode } from './install.mjs';

const cache = join(root, '.cache');

/** Everything that goes into the bundle, and what makes it. */
const sources = ['cli', 'bench', 'src', 'shaders', 'scripts/bundle.mjs', 'package-lock.json'];

function* filesBelow(path) {
  if (statSync(path).isFile()) yield path;
  else
    for (const name of readdirSync(path).sort())
      if (name !== 'node_modules') yield* filesBelow(join(path, name));
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const path of filesBelow(join(root, source))) {
      hash.update(`${relative(root, path)}\0`).update(readFileSync(path));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Bundles of earlier sources go; young ones stay, because a parallel call may be about to load them. */
function deleteOldBundles() {
  for (const name of readdirSync(cache).filter((name) => /^(weft|draft)-.*\.mjs$/.test(name))) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > 3_600_000) rmSync(path, { force: true });
  }
}

requireNode();
const caller = process.cwd();
process.chdir(root);
installPackages();
const outfile = join(cache, `weft-${hashOfSources()}.mjs`);
if (!existsSync(outfile)) {
  await bundle('cli/weft.ts', outfile, { platform: 'node' });
  deleteOldBundles();
}
process.chdir(caller);
const { main } = await import(pathToFileURL(outfile).href);
await main(process.argv.slice(2));
