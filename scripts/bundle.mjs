// Bundles TypeScript for Node or for a browser, with shaders as text. A bundle appears under its final name only
// when it is whole.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

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

/** The commit that is checked out; undefined where there is no repository. */
function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

/** Bundles a file of the project into `outfile`; `epilogue` is appended to it. */
export async function bundle(entry, outfile, { platform, epilogue = '' }) {
  const { build } = await import('esbuild');
  mkdirSync(dirname(outfile), { recursive: true });
  const draft = join(dirname(outfile), `draft-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, entry)],
    outfile: draft,
    bundle: true,
    format: 'esm',
    platform,
    target: platform === 'node' ? 'node20' : 'es2022',
    // Dawn is a native module and Playwright a large one: they stay where npm put them.
    external: platform === 'node' ? ['webgpu', 'playwright-core'] : [],
    define: { 'process.env.WEFT_COMMIT': JSON.stringify(commit() ?? 'unknown') },
    footer: { js: epilogue },
    plugins: [shadersAsText],
    logLevel: 'warning',
  });
  renameSync(draft, outfile);
}
