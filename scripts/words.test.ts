// Some words may be said in few places only, so that whoever looks for a device, a thread, a stored file or a
// way out of this computer knows where to look, and where there is nothing to find.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const rules = [
  {
    words: /\bGPUDevice\b/,
    where: /^src\/(gpu|kernels)\//,
    why: 'a device is opened, watched and replaced in one place',
  },
  {
    words: /\bnew (Shared)?Worker\b/,
    where: /^src\/client\//,
    why: 'whoever starts the worker must notice its end',
  },
  {
    words: /\bgetDirectory\b/,
    where: /^src\/checkpoint\//,
    why: 'stored files have one writer and one clean-up',
  },
  {
    words: /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write)\b/,
    where: /^$/,
    why: "a person's text is shown as text",
  },
  {
    words: /\b(RTCPeerConnection|WebTransport|window\.open|sendBeacon)\b/,
    where: /^$/,
    why: 'the content security policy does not stop these, and nothing leaves this computer',
  },
];

/** The code of a file without its comments, which may name anything. */
function code(path: string): string {
  return readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
}

const files = execFileSync('git', [
  'ls-files',
  '--cached',
  '--others',
  '--exclude-standard',
  'src',
  'index.html',
])
  .toString()
  .split('\n')
  .filter((path) => /\.(tsx?|html)$/.test(path) && !/\.test\.tsx?$|\/testing(\.ts$|\/)/.test(path));

test.each(rules)('$words only where $where: $why', ({ words, where }) => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((path) => !where.test(path) && words.test(code(path)))).toEqual([]);
});
