// End-to-end tests: Chromium on the built site, served with the headers that every host of it sends.
import { defineConfig } from '@playwright/test';
import { headlessPath, testArguments } from './scripts/browser.mjs';

const executablePath = headlessPath();
// Chosen once and handed on to the test processes, so that two checkouts can run their tests side by side.
process.env.WEFT_E2E_PORT ??= String(4200 + (process.pid % 700));
const port = process.env.WEFT_E2E_PORT;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'e2e/.output',
  snapshotPathTemplate: 'e2e/looks/{projectName}/{arg}{ext}',
  // The software adapter computes on the same cores as the tests.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI !== undefined,
  use: {
    baseURL: `http://localhost:${port}`,
    browserName: 'chromium',
    launchOptions: { args: testArguments, ...(executablePath ? { executablePath } : {}) },
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      testMatch: ['smoke.spec.ts', 'axe.spec.ts', 'tour.spec.ts', 'looks.spec.ts'],
      // A phone has no keyboard.
      grepInvert: /@keyboard/,
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    },
  ],
  webServer: {
    command: `vite preview --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
  },
});
