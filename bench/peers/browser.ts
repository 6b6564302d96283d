// Training steps of other libraries, in the same Chromium on the same data: each in a browser of its own, so that
// none finds memory taken.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Arguments } from '../../cli/arguments.ts';
import { writeBytes } from '../../cli/files.ts';
import { type Output, runCommand } from '../../cli/output.ts';
import { rounded } from '../../src/measure/rows.ts';
import { type ChromiumChoice, chromiumOptions, withPage } from '../chromium.ts';
import type { PeerRow } from '../results.ts';
import { readSettings, settingsOptions } from '../settings.ts';
import { digits, whole } from '../words.ts';

const PEERS = ['jax-js', 'tfjs'] as const;
const MODELS = ['T1', 'T3'] as const;

/** As many as other engines were compared by: the losses of the first and of the last. */
const STEPS = 20;

const help = `npm run bench:peers -- [--json] [--out FILE] [--gpu] [--unsafe] [--data FILE]
        [--peer ${PEERS.join('|')}] [--model ${MODELS.join('|')}], or several with commas
        [--steps ${STEPS}]
Without --gpu, small copies of the models.`;

const pageFolder = join(dirname(fileURLToPath(import.meta.url)), 'peers');

interface PeersPage {
  measurePeer(peer: string, model: string, steps: number, tiny: boolean): Promise<PeerRow>;
}

async function run(args: readonly string[], output: Output): Promise<number> {
  const { data: file } = settingsOptions;
  const options = {
    ...chromiumOptions,
    data: file,
    model: 'value',
    peer: 'value',
    steps: 'value',
    out: 'value',
    json: 'flag',
  } as const;
  const given = new Arguments(args, options);
  const { data } = await readSettings(given);
  const choice = { gpu: given.flag('gpu'), unsafe: given.flag('unsafe') };
  const steps = given.count('steps', STEPS, 5, 1000);
  const rows: PeerRow[] = [];
  for (const model of given.choices('model', MODELS) ?? MODELS) {
    for (const peer of given.choices('peer', PEERS) ?? PEERS) {
      const row = await measurePeer(choice, data, peer, model, steps);
      rows.push(row);
      output.print(row, peerWords(row));
      const out = given.text('out');
      if (out !== undefined)
        await writeBytes(out, new TextEncoder().encode(`${JSON.stringify(rows, null, 1)}\n`));
    }
  }
  return 0;
}

async function measurePeer(
  choice: ChromiumChoice,
  data: Uint8Array,
  peer: string,
  model: string,
  steps: number,
): Promise<PeerRow> {
  // A refused command leaves zeros, and the rest goes on as if nothing had happened.
  let refused: string | undefined;
  const onMessage = (words: string) => {
    if (/invalid|exceeds/i.test(words)) refused ??= words.split('\n')[0];
  };
  try {
    const row = await withPage(choice, pageFolder, data, onMessage, (page) =>
      page.evaluate((wanted) => (globalThis as unknown as PeersPage).measurePeer(...wanted), [
        peer,
        model,
        steps,
        !choice.gpu,
      ] as [string, string, number, boolean]),
    );
    return refused === undefined ? rounded(row) : { peer, model, failed: refused };
  } catch (error) {
    return { peer, model, failed: (error as Error).message.split('\n')[0] ?? '' };
  }
}

function peerWords(row: PeerRow): string {
  const subject = `${row.peer}, ${row.model}: `;
  if ('failed' in row) return subject + row.failed;
  return `${subject}${digits(row.stepMs)} ms a step, ${whole(row.tokensPerSecond)} tokens/s, loss ${row.loss0.toFixed(4)} -> ${row.lossLast.toFixed(4)} in ${row.steps} steps`;
}

export function main(args: readonly string[]): Promise<never> {
  return runCommand(args, help, run);
}
