// `unit` and `cli` run in Node; `kernels` and `models` run in Chromium on a software WebGPU adapter, where a missing adapter
// fails the run (src/gpu/adapter.gpu.test.ts).
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { chromiumPath, testArguments } from './scripts/browser.mjs';

const executablePath = chromiumPath();
// Beside the sources: node_modules may be shared by several checkouts.
const cacheOf = (name: string) => `.cache/vitest-${name}`;

/**
 * Tests in a browser of their own. Its GPU process compiles one kernel at a time, which takes most of the time: run
 * side by side, two browsers use two cores.
 */
function inBrowser(name: string, include: string): TestProjectInlineConfiguration {
  return {
    cacheDir: cacheOf(name),
    // Named here, because a package that Vite discovers during the run makes it reload the page.
    optimizeDeps: { include: ['fast-check', 'fflate'] },
    test: {
      name,
      include: [include],
      testTimeout: 180_000,
      // One page, one file after the other: a kernel that several of them use is compiled once.
      fileParallelism: false,
      browser: {
        enabled: true,
        headless: true,
        isolate: false,
        screenshotFailures: false,
        api: { host: '127.0.0.1' },
        provider: playwright({
          launchOptions: { args: testArguments, ...(executablePath ? { executablePath } : {}) },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      {
        cacheDir: cacheOf('unit'),
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
        cacheDir: cacheOf('cli'),
        test: {
          name: 'cli',
          environment: 'node',
          include: ['cli/**/*.test.ts'],
          // Each test starts the real command, which trains on the CPU.
          testTimeout: 180_000,
          fileParallelism: false,
        },
      },
      inBrowser('kernels', 'src/kernels/**/*.gpu.test.ts'),
      inBrowser('models', 'src/!(kernels)/**/*.gpu.test.ts'),
    ],
  },
});
