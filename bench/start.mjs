// Bundles one of the benchmark's programs and runs it with the arguments that follow its name:
// `node bench/start.mjs browser|peers|compare|report ...`.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  buildBefore,
  buildBrowser,
  buildCompare,
  buildPeers,
  buildReport,
  folder,
  peersInstalled,
} from './build.mjs';

/** Installs the other libraries, which nothing else needs. */
function installPeers() {
  if (peersInstalled()) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: join(import.meta.dirname, 'peers'),
    stdio: ['ignore', 2, 2],
  });
}

const programs = {
  browser: buildBrowser,
  peers: () => {
    installPeers();
    return buildPeers();
  },
  compare: () => {
    const { values } = parseArgs({ options: { with: { type: 'string' } }, strict: false });
    if (values.with !== undefined) buildBefore(values.with);
    return buildCompare();
  },
  report: buildReport,
};

const [name] = process.argv.splice(2, 1);
await programs[name]();
await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
