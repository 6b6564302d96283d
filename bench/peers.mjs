// `npm run bench:peers`: installs the other libraries into bench/peers where they are missing, bundles them, and
// measures their training steps in Chromium.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPeers, folder, peersInstalled } from './build.mjs';

if (!peersInstalled()) {
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: join(import.meta.dirname, 'peers'),
    stdio: ['ignore', 2, 2],
  });
}
await buildPeers();
await import(pathToFileURL(join(folder, 'peers.mjs')).href);
