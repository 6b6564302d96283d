// `npm run weft -- COMMAND`: installs what is missing, bundles the command line once for each state of the
// sources, and runs it. Parallel calls are safe: a bundle appears under its final name only when it is whole.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installPackages, requireNode } from './install.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, '.cache');

/** Everything that goes into the bundle, and this file, which makes it. */
const sources = ['cli', 'bench', 'src', 'shaders', 'scripts/weft.mjs', 'package-lock.json'];

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

/** Shaders are imported as text, with the suffix that Vite understands. */
const shadersAsText = {
  name: 'shaders-as-text',
  setup(build) {
    build.onResolve({ filter: /\.wgsl\?raw$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(/\?raw$/, '')),
      namespace: 'wgsl',
    }));
    build.onLoad({ filter: /./, namespace: 'wgsl' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
    }));
  },
};

async function bundle(outfile) {
  const { build } = await import('esbuild');
  mkdirSync(cache, { recursive: true });
  const draft = join(cache, `draft-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, 'cli/weft.ts')],
    outfile: draft,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Dawn is a native module and stays where npm put it.
    external: ['webgpu'],
    plugins: [shadersAsText],
    logLevel: 'warning',
  });
  renameSync(draft, outfile);
  // Older ones are of no use any more; young ones may be what a parallel call is about to load.
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
if (!existsSync(outfile)) await bundle(outfile);
process.chdir(caller);
const { main } = await import(pathToFileURL(outfile).href);
await main(process.argv.slice(2));
