// `npm test`: installs what is missing, then runs every check, the cheap ones first, and goes on to the
// end, whatever fails. `npm test -- unit e2e` runs only those stages. The last line counts the tests.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { installBrowser, installPackages, requireNode } from './install.mjs';

const folder = '.cache/tests';
/** A stage that takes longer than this hangs. */
const stageLimitMs = 20 * 60_000;

/**
 * Rows run in turn; of a row two stages at a time, for two cores; the commands of a stage in turn. A stage with a
 * report runs tests.
 */
const rows = [
  [
    { name: 'types', title: 'Types', commands: ['tsc --noEmit'] },
    { name: 'lint', title: 'Lint and format', commands: ['biome check --error-on-warnings .'] },
    { name: 'imports', title: 'Who imports whom', commands: ['npm run --silent check:imports'] },
  ],
  // The longest first, so that none is left alone at the end.
  [
    vitest('models', 'Models in Chromium', true),
    vitest('unit', 'Unit tests in Node'),
    vitest('cli', 'The command line', true),
    vitest('kernels', 'Kernels in Chromium', true),
  ],
  // Stories wait for a page that must not be slowed down.
  [
    {
      name: 'e2e',
      title: 'Stories on the built site',
      browser: true,
      commands: ['vite build --logLevel warn', 'playwright test --reporter=list,json'],
      report: `${folder}/e2e.json`,
    },
  ],
];

function vitest(name, title, browser = false) {
  const report = `${folder}/${name}.json`;
  const reporters = `--reporter=default --reporter=json --outputFile.json=${report}`;
  return { name, title, browser, commands: [`vitest run --project ${name} ${reporters}`], report };
}

/** How many tests a runner's JSON report (Vitest's or Playwright's) says passed, failed and were skipped. */
function countTests(path) {
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  if (report.stats) {
    const { expected, unexpected, flaky, skipped } = report.stats;
    return { passed: expected, failed: unexpected + flaky, skipped };
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report;
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

const environment = {
  ...process.env,
  PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
  // Both runners then refuse a forgotten `.only`.
  CI: 'true',
  PLAYWRIGHT_JSON_OUTPUT_FILE: resolve(folder, 'e2e.json'),
  // Some tools colour whenever CI is set, and a log file full of escapes is hard to read.
  ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
};

/** Runs a command line with our own output and resolves with whether it succeeded. */
function run(command) {
  const [program, ...parameters] = command.split(' ');
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environment,
    timeout: stageLimitMs,
    shell: process.platform === 'win32',
  });
  return new Promise((done) => {
    child.once('error', (error) => {
      console.error(error.message);
      done(false);
    });
    child.once('exit', (code, signal) => {
      if (signal) console.error(`${program} was ended by ${signal}.`);
      done(code === 0);
    });
  });
}

async function runStage(stage) {
  const { title, commands, report } = stage;
  console.log(`\n=== ${title} ===\n`);
  if (report) rmSync(report, { force: true });
  const start = performance.now();
  let succeeded = true;
  for (const command of commands) {
    if (succeeded) succeeded = await run(command);
  }
  const seconds = (performance.now() - start) / 1000;

  const tests = report ? countTests(report) : { passed: 0, failed: 0, skipped: 0 };
  if (report && tests.passed + tests.failed === 0) {
    console.error(`${title}: no test ran.`);
    succeeded = false;
  }
  // Whatever failed outside a test counts as one failure, so that the last line never reads like success.
  if (!succeeded) tests.failed ||= 1;
  return { ...stage, ...tests, seconds, succeeded };
}

/** Runs stages, two at a time, and resolves with how they ended, in their order. */
async function runRow(row) {
  const results = [];
  const waiting = row.entries();
  const lane = async () => {
    for (const [i, stage] of waiting) results[i] = await runStage(stage);
  };
  await Promise.all([lane(), lane()]);
  return results;
}

requireNode();
const wanted = process.argv.slice(2);
const stages = rows.flat();
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  const names = stages.map((stage) => stage.name).join(', ');
  console.error(`There is no stage called ${unknown.join(', ')}. The stages are: ${names}.`);
  process.exit(1);
}
const isChosen = ({ name }) => wanted.length === 0 || wanted.includes(name);

installPackages();
if (stages.some((stage) => stage.browser && isChosen(stage))) await installBrowser();
mkdirSync(folder, { recursive: true });

const results = [];
for (const row of rows) results.push(...(await runRow(row.filter(isChosen))));

console.log('\n=== Summary ===\n');
for (const { name, succeeded, seconds, report, passed, failed } of results) {
  const counts = report ? `  ${passed} passed, ${failed} failed` : '';
  console.log(
    `${name.padEnd(8)} ${succeeded ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(7)} s${counts}`,
  );
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
process.exitCode = results.every((result) => result.succeeded) ? 0 : 1;
