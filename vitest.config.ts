// `unit` and `cli` run in Node; the two of `gpu` run in Chromium on a software WebGPU adapter, where a missing adapter
// fails the run (src/gpu/adapter.gpu.test.ts).
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { chromiumArguments, chromiumPath } from './scripts/browser.mjs';

const executablePath = chromiumPath();
// Beside the sources: node_modules may be shared by several checkouts.
const cacheDir = '.cache/vitest';

/**
 * Tests in a browser of their own. Its GPU process compiles one kernel at a time, which takes most of the time: run
 * side by side, two browsers use two cores.
 */
function inBrowser(name: string, include: string): TestProjectInlineConfiguration {
  return {
    cacheDir: `${cacheDir}-${name}`,
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
          launchOptions: { args: chromiumArguments, ...(executablePath ? { executablePath } : {}) },
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
      inBrowser('gpu-kernels', 'src/kernels/**/*.gpu.test.ts'),
      inBrowser('gpu-models', 'src/!(kernels)/**/*.gpu.test.ts'),
    ],
  },
});
