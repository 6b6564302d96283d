// Three projects: `unit` and `cli` run in Node; `gpu` runs in Chromium on a software WebGPU adapter, where a
// missing adapter fails the run (src/gpu/adapter.gpu.test.ts).
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArguments, chromiumPath } from './scripts/browser.mjs';

const executablePath = chromiumPath();
// Beside the sources: node_modules may be shared by several checkouts.
const cacheDir = '.cache/vitest';

export default defineConfig({
  test: {
    projects: [
      {
        cacheDir,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{src,bench,scripts}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.gpu.test.ts', '**/node_modules/**'],
          setupFiles: ['scripts/repeatable.ts'],
          testTimeout: 60_000,
        },
      },
      {
        cacheDir,
        test: {
          name: 'cli',
          environment: 'node',
          include: ['cli/**/*.test.ts'],
          // Each test starts the real command, which trains on the CPU.
          testTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        cacheDir,
        // Named here, because a package that Vite discovers during the run makes it reload the page.
        optimizeDeps: { include: ['fast-check', 'fflate'] },
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          testTimeout: 120_000,
          // One page, one file after the other: the adapter computes on the cores that the tests run on.
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            isolate: false,
            screenshotFailures: false,
            api: { host: '127.0.0.1' },
            provider: playwright({
              launchOptions: { args: chromiumArguments, ...(executablePath ? { executablePath } : {}) },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
