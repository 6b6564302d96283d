// Who may import whom. Two sides meet in `protocol`; within a side, imports go only downwards:
//
//   page:    app -> pages -> components, state -> client -> protocol
//   worker:  worker -> train, sample, checkpoint, measure -> model, data -> kernels, patterns -> gpu -> lib
//
// `npm run check:imports` checks it; scripts/import-rules.test.ts shows that every rule here fires.
import { createRequire } from 'node:module';

// TypeScript 7 has no JavaScript interface yet, so swc parses. dependency-cruiser 17, the last for Node 20,
// calls it without JSX (https://github.com/sverweij/dependency-cruiser/issues/1081, mended in 18).
const swc = createRequire(import.meta.url)('@swc/core');
const { parseFileSync } = swc;
swc.parseFileSync = (path, options) => parseFileSync(path, { ...options, tsx: path.endsWith('x') });

// Parts of the engine that only calculate, so that the page may use them without loading the engine.
const pureModel = 'model/(attention|config|presets|validate|parse|parameters|cost|cache)\\.ts';
const pureMeasure = 'measure/(rows|tuning)\\.ts';
const pure = ['patterns', 'data', pureModel, pureMeasure];
const engine = [
  'train',
  'sample',
  'checkpoint',
  'measure',
  'model',
  'data',
  'kernels',
  'patterns',
  'gpu',
  'reference',
];
const pagePackages = ['react', 'react-dom', '@mantine', '@tabler', 'recharts', 'wouter', 'zustand'];

/** For each folder: the folders and the packages it may import besides its own files, and why not more. */
const folders = {
  'main.tsx': {
    imports: ['app', 'components', 'state', 'client', 'protocol', 'lib'],
    packages: ['react', 'react-dom', '@mantine', '@fontsource-variable'],
    why: 'It only mounts the page.',
  },
  app: {
    imports: ['pages', 'components', 'state', 'client', 'protocol', 'lib', ...pure],
    packages: pagePackages,
    why: 'The page talks to the engine through client, and only what merely calculates is shared.',
  },
  pages: {
    imports: ['components', 'state', 'client', 'protocol', 'lib', ...pure],
    packages: pagePackages,
    why: 'A page does not know the frame around it or, but for what merely calculates, the engine.',
  },
  components: {
    imports: ['protocol', 'lib', ...pure],
    packages: pagePackages,
    why: 'A component shows what it is given: it knows no page, no store and no worker.',
  },
  state: {
    imports: ['client', 'protocol', 'lib', ...pure],
    packages: ['react', 'zustand'],
    why: 'The store holds what a person chose and sees; it draws nothing and computes nothing.',
  },
  client: {
    imports: ['protocol', 'lib'],
    packages: ['comlink'],
    why: 'The client carries calls to the worker and knows neither side.',
  },
  protocol: {
    imports: [...pure, 'lib'],
    packages: [],
    why: 'Both threads load the protocol, so it may bring neither of them along.',
  },
  worker: {
    imports: [...engine, 'protocol', 'lib'],
    packages: ['comlink'],
    why: 'The worker hosts the engine and has no page.',
  },
  train: {
    imports: ['model', 'data', 'patterns', 'protocol', 'lib'],
    packages: [],
    why: 'The trainer runs on any engine, in a worker or in Node.',
  },
  sample: {
    imports: ['model', 'data', 'patterns', 'protocol', 'lib'],
    packages: [],
    why: 'Sampling runs on any engine, in a worker or in Node.',
  },
  checkpoint: {
    imports: ['model', 'data', 'patterns', 'protocol', 'lib'],
    packages: ['fflate'],
    why: 'Checkpoints store what they are given and know no trainer.',
  },
  measure: {
    imports: ['sample', 'model', 'data', 'kernels', 'patterns', 'gpu', 'lib'],
    packages: [],
    why: 'Measurements run on any open device, in a worker or in Node, and know nobody who shows them.',
  },
  model: {
    imports: ['data/medium\\.ts', 'kernels', 'patterns', 'gpu', 'lib'],
    packages: [],
    why: 'The model and all below it know no page, no worker and no protocol.',
  },
  data: {
    imports: ['lib'],
    packages: ['fflate'],
    why: 'Both sides read bytes with it, so it stands alone.',
  },
  kernels: {
    imports: ['patterns', 'gpu', 'reference', 'lib'],
    packages: [],
    why: 'A kernel knows its operation and its oracle, not the model that it serves.',
  },
  patterns: {
    imports: ['lib'],
    packages: [],
    why: 'Patterns are pure functions: the page draws what the kernels compute.',
  },
  gpu: {
    imports: ['lib'],
    packages: [],
    why: 'Devices, buffers and plans know nothing of what is computed.',
  },
  reference: {
    imports: ['model', 'patterns', 'sample/draw\\.ts', 'lib'],
    packages: [],
    why: 'An oracle that shared code with the kernels would share their mistakes.',
  },
  lib: {
    imports: [],
    packages: [],
    why: 'Small things that know nothing of the domain, or of anyone.',
  },
};

// Cases and golden numbers are test material too; `weft check` runs the cases on a person's GPU.
const tests = '\\.test\\.tsx?$|/(testing|golden|cases)(\\.ts$|/)';

/** A regular expression for the files of some folders of src, or for single files of it. */
const within = (names) =>
  `^src/(${names.map((name) => (name.includes('.') ? `${name}$` : `${name}/`)).join('|')})`;

/** What `folder` must not import: any other source folder but those of `imports`. */
function folderRule([folder, { imports, why }]) {
  return {
    name: `${folder}-imports`,
    comment: `src/${folder} may import ${imports.join(', ') || 'nothing'}. ${why}`,
    severity: 'error',
    from: { path: within([folder]), pathNot: tests },
    to: { path: '^(src|cli|bench|e2e|scripts)/', pathNot: within([folder, ...imports, '[^/]+\\.d\\.ts']) },
  };
}

/** Packages that `folder` must not import: any but those of `packages`. */
function packageRule([folder, { packages }]) {
  return {
    name: `${folder}-packages`,
    comment: `src/${folder} may use ${packages.join(', ') || 'no package'}.`,
    severity: 'error',
    from: { path: within([folder]), pathNot: tests },
    to: {
      path: '(^|/)node_modules/',
      pathNot: `(^|/)node_modules/(${['@types', ...packages].join('|')})/`,
    },
  };
}

export default {
  forbidden: [
    ...Object.entries(folders).map(folderRule),
    ...Object.entries(folders).map(packageRule),
    {
      name: 'no-node',
      comment: 'Everything in src runs in a browser; what needs Node belongs to cli or bench.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-imports',
      comment:
        'What the page may take from the model and from measure must not bring the rest of them along.',
      severity: 'error',
      from: { path: within([pureModel, pureMeasure]) },
      to: { path: '^src/', pathNot: within([pureModel, pureMeasure, 'data/medium\\.ts', 'patterns', 'lib']) },
    },
    {
      name: 'no-tests',
      comment: 'Test material stays out of what is shipped to a page.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'tests-imports',
      comment: 'A test of the engine may use the oracle and all of the engine, never the page.',
      severity: 'error',
      from: { path: `^src/(${engine.join('|')})/.*(${tests})` },
      to: { path: '^src/(app|pages|components|state|client|worker)/' },
    },
    {
      name: 'terminal-imports',
      comment: 'The command line and the benchmarks run the engine in Node, where there is no page.',
      severity: 'error',
      from: { path: '^(cli|bench)/' },
      to: { path: `^src/(app|pages|components|state|client|worker|main)(/|\\.)` },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-missing',
      comment:
        'An import that leads nowhere is a rule that never fires. What bench/peers compares is rarely installed.',
      severity: 'error',
      from: { pathNot: '^bench/peers/.*\\.mjs$' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    // Types count as imports: who knows a type knows the folder.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
