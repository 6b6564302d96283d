// Installs what a fresh clone lacks: npm packages and, for the tests, a Chromium. Uses nothing but Node,
// because it runs before anything is installed.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { chromiumPath, missingDebianPackages } from './browser.mjs';

const oldestNode = [20, 19];

/** Ends the process with one sentence when this Node is too old for the tools. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  console.error(
    `Weft needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}. Get a newer one from https://nodejs.org and run this again.`,
  );
  process.exit(1);
}

/** Packages of the lock file that are not installed at its version. Optional ones depend on the platform. */
function missingPackages() {
  const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const installed = existsSync('node_modules/.package-lock.json')
    ? packages('node_modules/.package-lock.json')
    : {};
  return Object.entries(packages('package-lock.json'))
    .filter(([path, wanted]) => path && !wanted.optional && installed[path]?.version !== wanted.version)
    .map(([path]) => path);
}

/** Runs `npm ci` where packages are missing or of another version than the lock file says. */
export function installPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (existsSync('node_modules') && lstatSync('node_modules').isSymbolicLink()) {
    // `npm ci` would empty the folder that the link leads to, under the feet of another checkout.
    console.error(`node_modules is a link and lacks ${missing.length} packages (${missing[0]}, ...).`);
    process.exit(1);
  }
  // On standard error: standard output belongs to the command that needs them.
  console.error(`Installing ${missing.length} packages ...`);
  // No package needs its install script, so none is run.
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 2, 2],
    shell: isWindows,
  });
}

/** Installs the browsers that are missing: Debian's own as root, otherwise Playwright's where there is none at all. */
export async function installBrowser() {
  if (isDebian() && process.getuid?.() === 0) {
    const missing = missingDebianPackages();
    if (missing.length === 0) return;
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) => execFileSync('apt-get', args, { stdio: 'inherit', env: environment });
    console.log(`Installing ${missing.join(' and ')} ...`);
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
    return;
  }
  if (chromiumPath()) return;
  const { chromium } = await import('playwright-core');
  if (existsSync(chromium.executablePath())) return;
  console.log('Installing Chromium ...');
  execFileSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'inherit', shell: isWindows });
}

const isWindows = process.platform === 'win32';

function isDebian() {
  // Ubuntu's `chromium` package only fetches a snap, so nothing but Debian itself counts.
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}
