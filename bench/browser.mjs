// `npm run bench:browser`: bundles the measurements for Chromium, and runs them there.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildBrowser, folder } from './build.mjs';

await buildBrowser();
await import(pathToFileURL(join(folder, 'browser.mjs')).href);
