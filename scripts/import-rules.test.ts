// Shows that .dependency-cruiser.mjs catches what it says it catches: a small tree of bad imports, one or more
// for each rule, and of good ones beside them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import configuration from '../.dependency-cruiser.mjs';

/** Rule, importing file, and what it imports; a file that is imported is made up when it is not in the list. */
const bad: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['main.tsx-imports', 'src/main.tsx', './train/trainer.ts'],
  ['app-imports', 'src/app/App.tsx', '../worker/host.ts'],
  ['pages-imports', 'src/pages/train/Train.tsx', '../../train/trainer.ts'],
  ['pages-imports', 'src/pages/inspect/Inspect.tsx', '../../model/transformer.ts'],
  ['pages-imports', 'src/pages/generate/Generate.tsx', '../../app/App.tsx'],
  ['components-imports', 'src/components/Chart.tsx', '../state/run.ts'],
  ['components-imports', 'src/components/Map.tsx', '../gpu/device.ts'],
  ['state-imports', 'src/state/store.ts', '../components/Chart.tsx'],
  ['client-imports', 'src/client/client.ts', '../worker/host.ts'],
  ['protocol-imports', 'src/protocol/messages.ts', '../train/trainer.ts'],
  ['worker-imports', 'src/worker/main.ts', '../state/run.ts'],
  ['train-imports', 'src/train/loop.ts', '../kernels/matmul.ts'],
  ['sample-imports', 'src/sample/draw.ts', '../gpu/device.ts'],
  ['checkpoint-imports', 'src/checkpoint/save.ts', '../train/trainer.ts'],
  ['measure-imports', 'src/measure/rows.ts', '../protocol/index.ts'],
  ['measure-imports', 'src/measure/bench.ts', '../../bench/results.ts'],
  ['model-imports', 'src/model/layers.ts', '../train/trainer.ts'],
  ['model-imports', 'src/model/adapter.ts', '../protocol/index.ts'],
  ['data-imports', 'src/data/text.ts', '../model/config.ts'],
  ['kernels-imports', 'src/kernels/attention.ts', '../model/config.ts'],
  ['patterns-imports', 'src/patterns/cost.ts', '../gpu/device.ts'],
  ['gpu-imports', 'src/gpu/plan.ts', '../kernels/matmul.ts'],
  ['reference-imports', 'src/reference/forward.ts', '../kernels/matmul.ts'],
  ['lib-imports', 'src/lib/maths.ts', '../patterns/index.ts'],
  ['main.tsx-packages', 'src/main.tsx', 'comlink'],
  ['app-packages', 'src/app/Frame.tsx', 'comlink'],
  ['pages-packages', 'src/pages/train/Call.tsx', 'comlink'],
  ['components-packages', 'src/components/Call.tsx', 'comlink'],
  ['state-packages', 'src/state/call.ts', 'comlink'],
  ['client-packages', 'src/client/store.ts', 'zustand'],
  ['protocol-packages', 'src/protocol/wire.ts', 'comlink'],
  ['worker-packages', 'src/worker/view.ts', 'react'],
  ['train-packages', 'src/train/call.ts', 'comlink'],
  ['sample-packages', 'src/sample/call.ts', 'comlink'],
  ['checkpoint-packages', 'src/checkpoint/store.ts', 'zustand'],
  ['measure-packages', 'src/measure/view.ts', 'react'],
  ['model-packages', 'src/model/view.ts', 'react'],
  ['data-packages', 'src/data/store.ts', 'zustand'],
  ['kernels-packages', 'src/kernels/view.ts', 'react'],
  ['patterns-packages', 'src/patterns/view.ts', 'react'],
  ['gpu-packages', 'src/gpu/call.ts', 'comlink'],
  ['reference-packages', 'src/reference/view.ts', 'react'],
  ['lib-packages', 'src/lib/view.ts', 'react'],
  ['no-node', 'src/data/read.ts', 'node:fs'],
  ['pure-imports', 'src/model/config.ts', './transformer.ts'],
  ['pure-imports', 'src/measure/rows.ts', './bench.ts'],
  ['protocol-imports', 'src/protocol/rows.ts', '../measure/survey.ts'],
  ['no-tests', 'src/data/bytes.ts', './testing.ts'],
  ['no-tests', 'src/model/engine.ts', './cases.ts'],
  ['no-tests', 'src/model/engine.ts', './testing/bigram.ts'],
  ['tests-imports', 'src/model/layers.test.ts', '../pages/train/Train.tsx'],
  ['terminal-imports', 'cli/train.ts', '../src/state/run.ts'],
  ['terminal-imports', 'bench/attention.ts', '../src/app/App.tsx'],
  ['no-cycles', 'src/lib/egg.ts', './hen.ts'],
  ['no-missing', 'src/lib/lost.ts', './nowhere.ts'],
];

/** The last line is the other half of the cycle above, which is reported once. */
const good: readonly (readonly [from: string, to: string])[] = [
  ['src/app/Good.tsx', '../pages/train/Good.tsx'],
  ['src/pages/train/Good.tsx', '../../patterns/index.ts'],
  ['src/pages/train/Good.tsx', '../../model/config.ts'],
  ['src/pages/train/Good.tsx', 'react'],
  ['src/client/good.ts', 'comlink'],
  ['src/worker/good.ts', 'comlink'],
  ['src/worker/good.ts', '../reference/engine.ts'],
  ['src/kernels/good.ts', '../reference/engine.ts'],
  ['src/kernels/good.ts', '../gpu/device.ts'],
  ['src/model/good.test.ts', '../reference/engine.ts'],
  ['src/model/good.test.ts', 'node:fs'],
  ['cli/good.ts', '../src/train/trainer.ts'],
  ['cli/good.ts', 'node:fs'],
  ['src/lib/hen.ts', './egg.ts'],
];

type Violation = { rule: { name: string }; from: string; to: string };
const imports = [...bad.map(([, from, to]) => [from, to] as const), ...good];
let folder: string;
let violations: Violation[];

/** The imported file or package as dependency-cruiser names it. */
function named(from: string, to: string): string {
  return to.startsWith('.') ? join(dirname(from), to) : to.replace('node:', '');
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-imports-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const sources = new Map<string, string>();
  for (const [from, to] of imports) {
    if (to.startsWith('.') && !to.includes('nowhere')) sources.set(named(from, to), '');
  }
  for (const [index, [from, to]] of imports.entries()) {
    // A type alone counts too, and files with JSX are read like others.
    const keyword = index % 2 === 0 ? 'import type' : 'import';
    const body = from.endsWith('.tsx') ? 'export const view = <p>import</p>;' : '';
    sources.set(from, `${keyword} { thing } from '${to}';\n${sources.get(from) || body}`);
  }
  for (const [path, source] of sources) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
  violations = cruise(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

function cruise(cwd: string): Violation[] {
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = ['--config', resolve('.dependency-cruiser.mjs'), '--output-type', 'json'];
  const output = execFileSync(process.execPath, [program, ...options, 'src', 'cli', 'bench'], { cwd });
  return JSON.parse(output.toString()).summary.violations;
}

test.each(bad)('%s stops %s from importing %s', (rule, from, to) => {
  const found = violations.filter((violation) => violation.from === from);
  const caught = found.some(
    (violation) =>
      violation.rule.name === rule &&
      (violation.to.includes(named(from, to)) || (rule === 'no-missing' && violation.to === to)),
  );
  expect(caught, `found instead: ${JSON.stringify(found)}`).toBe(true);
});

test.each(good)('%s may import %s', (from, to) => {
  const found = violations.filter(
    (violation) => violation.from === from && violation.to.includes(named(from, to)),
  );
  expect(found).toEqual([]);
});

const rules = configuration.forbidden.map((rule) => rule.name);

test('every rule has an import here that it stops', () => {
  expect(rules.filter((name) => !bad.some(([rule]) => rule === name))).toEqual([]);
});

test('every folder of src has its rules', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !rules.includes(`${name}-imports`))).toEqual([]);
});
