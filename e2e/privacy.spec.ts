// Nothing leaves this computer: not by the page, not by the worker, not by accident. What the pages of all
// stories ask for is checked in test.ts; here are the headers that forbid everything else.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { headers } from '../scripts/headers.mjs';
import { expect, siteFiles, test } from './test.ts';

test('every file of the site carries the headers', async ({ request }) => {
  const paths = ['/', '/train', '/no-such-page', ...siteFiles()];
  for (const path of paths) {
    const response = await request.get(path);
    const missing = Object.entries(headers).filter(
      ([name, value]) => response.headers()[name.toLowerCase()] !== value,
    );
    expect(missing, path).toEqual([]);
  }
});

test('the built page has no inline script and names no other site', async ({ request }) => {
  const html = await (await request.get('/')).text();
  expect(html).toContain('<script type="module"');
  expect(html.match(/<script(?![^>]*\bsrc=)/g)).toBeNull();
  expect(html.match(/\bon[a-z]+=/g)).toBeNull();
  expect(html.match(/(src|href)="(?!\/|\.\/|data:)/g)).toBeNull();
});

test.describe('another server on this computer', () => {
  // The browser tells of what it blocks.
  test.use({ expectedErrors: [/./], expectedRequests: [/./] });

  let server: Server;
  let received: string[];
  let origin: string;

  test.beforeAll(async () => {
    received = [];
    server = createServer((request, response) => {
      received.push(`${request.method} ${request.url}`);
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('export default 1');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  test.afterAll(() => server.close());

  test('hears nothing from the page or from the worker', async ({ page }) => {
    // Proof that silence means something.
    await fetch(`http://${origin}/hello`);
    expect(received).toEqual(['GET /hello']);

    await page.goto('/');
    await page.evaluate(async (origin) => {
      const url = `http://${origin}/page`;
      const insert = (tag: string, attributes: Record<string, string>) => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        document.body.append(element);
      };
      insert('img', { src: `${url}-image` });
      insert('script', { src: `${url}-script` });
      insert('iframe', { src: `${url}-frame` });
      insert('audio', { src: `${url}-audio`, preload: 'auto' });
      insert('link', { rel: 'stylesheet', href: `${url}-style` });
      insert('link', { rel: 'prefetch', href: `${url}-prefetch` });
      navigator.sendBeacon(`${url}-beacon`, 'secret');
      await Promise.allSettled([
        fetch(`${url}-fetch`),
        fetch(`${url}-post`, { method: 'POST', body: 'secret', mode: 'no-cors' }),
        import(/* @vite-ignore */ `${url}-module`),
        new Promise((_, reject) => new EventSource(`${url}-events`).addEventListener('error', reject)),
        Promise.resolve().then(() => new WebSocket(`ws://${origin}/page-socket`)),
      ]);
    }, origin);

    await expect.poll(() => page.workers().length).toBeGreaterThan(0);
    for (const worker of page.workers()) {
      await worker.evaluate(async (origin) => {
        const url = `http://${origin}/worker`;
        await Promise.allSettled([
          fetch(`${url}-fetch`),
          fetch(`${url}-post`, { method: 'POST', body: 'secret', mode: 'no-cors' }),
          import(/* @vite-ignore */ `${url}-module`),
          new Promise((_, reject) => new EventSource(`${url}-events`).addEventListener('error', reject)),
          Promise.resolve().then(() => new WebSocket(`ws://${origin}/worker-socket`)),
          Promise.resolve().then(() => new Worker(`${url}-worker`)),
        ]);
      }, origin);
    }

    await page.waitForTimeout(500);
    expect(received).toEqual(['GET /hello']);
  });
});
