// docs/PERFORMANCE.md: every kept result, and the part that is written by hand.

import type { Group } from '../../src/measure/rows.ts';
import { type MachineResults, type Run, runtimeWords } from '../results.ts';
import { digits } from '../words.ts';
import { groupTables, peerTable } from './tables.ts';
import { torchVersions } from './torch.ts';

const introduction = `# How fast Weft is

<!-- Made by \`npm run bench:report\` from bench/results and docs/performance-notes.md: change those. -->

Every time is a median, with the quartiles in brackets, by the host's clock around work that was repeated until the
waiting no longer mattered. "Of theory" is the time that the arithmetic, or the memory traffic where that is more,
takes at the adapter's own measured peak, as a share of the time that was measured; recomputation counts as no work.
"Our speed" is PyTorch's time divided by ours, PyTorch in its fastest way on the same machine. Our arithmetic is
float32, but for mixed precision where the adapter has subgroup matrices.

The models are pre-LN transformers over bytes. T1: 6 layers of width 256, 4 heads, context 1,024, batch 8, dense. T2:
4 layers, context 12,288, batch 1, stride 128, 32 summary cells. T3: 12 layers, 2 heads, context 3,072, batch 4,
stride 96, columns and local windows in turn. A step is forward, backward, clipping and Adam on random windows of
bytes. PyTorch's steps use dense attention where that is its fastest.

To measure a machine: \`npm run bench -- --profile --out node.json\` in Node, \`npm run bench:browser -- --gpu --out
chromium.json\` in Chromium, \`npm run bench:peers -- --gpu --out peers.json\` for other libraries, then \`npm run
bench:report -- --add node.json,chromium.json --peers peers.json\`. \`npm run weft -- help\` lists the options. To judge a
change: \`npm run bench:compare -- --with COMMIT\` measures that commit and the present code in turn, and says how their
times compare in each round.
`;

const headings: Readonly<Record<Group, string>> = {
  attention: 'Attention',
  matmul: 'Matrix products',
  train: 'Training steps',
  sample: 'Sampling',
  watch: 'Sampling with attention watched',
  memory: 'Memory and depth',
  length: 'Long contexts',
  startup: 'From a configuration to the first step',
};

export function performanceDocument(machines: readonly MachineResults[], notes: string): string {
  const none = machines.length === 0 ? ['No results yet.\n'] : [];
  return [introduction, notes, ...none, ...machines.map(machineSection)].join('\n');
}

function machineSection(results: MachineResults): string {
  const { runs, peers } = results;
  const sections = (Object.keys(headings) as Group[]).map((group) =>
    section(headings[group], groupTables(results, group)),
  );
  return [
    `## ${runs[0]?.driver?.split(',')[0] ?? results.machine}\n`,
    `${[...runs.map(aboutRun), ...(peers.torch ? [`- ${torchVersions(peers.torch)}`] : [])].join('\n')}\n`,
    ...sections,
    section('Other libraries in the same browser', peerTable(peers.browser ?? [])),
  ]
    .filter(Boolean)
    .join('\n');
}

function section(heading: string, body: string): string {
  return body && `### ${heading}\n\n${body}`;
}

function aboutRun(run: Run): string {
  const { adapter, driver, date, versions, ceilings } = run;
  const name = [adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(', ');
  const versionWords = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return [
    `- In ${runtimeWords(run)} on ${date}: adapter ${name}`,
    driver ?? 'no driver named',
    ...versionWords,
    `features ${adapter.features.join(', ') || 'none'}`,
    `peak ${digits(ceilings.flopsPerSecond / 1e12)} TFLOP/s and ${digits(ceilings.bytesPerSecond / 1e9)} GB/s, measured`,
  ].join('; ');
}
