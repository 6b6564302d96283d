// The test function of every story here. Whatever a story is about, three things must hold in it: the page
// asks only this site, only for its own files, and only to read; nothing throws; nothing is logged as an error.
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { Weft } from './weft.ts';

export const routes = ['/', '/train', '/patterns', '/inspect', '/benchmark'] as const;

/** Paths of all files of the built site. */
export function siteFiles(): string[] {
  return readdirSync('dist', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative('dist', join(entry.parentPath, entry.name)).split(sep).join('/')}`);
}

type Options = {
  /** What a story about faults expects on the console. */
  expectedErrors: readonly RegExp[];
  /** What a story about privacy asks for in vain. */
  expectedRequests: readonly RegExp[];
};

export const test = base.extend<Options & { watch: undefined; weft: Weft }>({
  expectedErrors: [[], { option: true }],
  expectedRequests: [[], { option: true }],
  weft: ({ page }, use) => use(new Weft(page)),
  watch: [
    async ({ context, baseURL, expectedErrors, expectedRequests }, use) => {
      const requests: string[] = [];
      const errors: string[] = [];
      context.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
      context.on('weberror', (error) => errors.push(error.error().message));
      context.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });

      await use(undefined);

      const own = new Set([...routes, ...siteFiles()].map((path) => `GET ${baseURL}${path}`));
      const known = [/^GET (blob|data):/, ...expectedRequests];
      const foreign = requests.filter((line) => !own.has(line) && !known.some((one) => one.test(line)));
      expect(foreign, 'requests for something else than the files of this site').toEqual([]);
      const unexpected = errors.filter((text) => !expectedErrors.some((one) => one.test(text)));
      expect(unexpected, 'errors on the page').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
