// docs/ARCHITECTURE.md opens with nine files that lead a newcomer from the page down to a shader. This test
// fails when one of them is gone, has grown too long to read in one sitting, or no longer leads to the next.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const longest = 300;
const document = readFileSync('docs/ARCHITECTURE.md', 'utf8');
const path = [...document.matchAll(/^\d+\. \[`[^`]+`\]\(\.\.\/([^)]+)\)/gm)].map(([, file]) => file!);

/** The project's files that a file imports, loads by URL or names in a comment. */
function leadsTo(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/[\w./-]+\.(?:tsx?|wgsl)\b/g)]
    .flatMap(([name]) => [join(dirname(file), name), join('src', name), name])
    .filter((candidate) => candidate !== file && existsSync(candidate));
}

test('the path has nine files', () => {
  expect(path).toHaveLength(9);
});

test.each(path)('%s exists and can be read in one sitting', (file) => {
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(longest);
});

const pairs = path.slice(1).map((next, index) => [path[index]!, next] as const);

test.each(pairs)('%s leads to %s, with at most one file between', (file, next) => {
  const near = leadsTo(file);
  expect(near.includes(next) || near.some((between) => leadsTo(between).includes(next))).toBe(true);
});
