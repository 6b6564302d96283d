// What watching costs a sampler: bytes in pieces, as the page draws them, with the attention of the last layer read
// after each piece, and without.

import type { WebGpuEngine } from '../../model/transformer.ts';
import type { Bench } from '../bench.ts';
import { type BenchModel, benchModels, tinyModels } from '../models.ts';
import type { Measured, RowOf } from '../rows.ts';
import { summarize, warmUp } from '../timing.ts';
import { withEngine } from '../training.ts';

const RUNS = 5;

export async function* watchRows(bench: Bench): AsyncGenerator<RowOf<'watch'>> {
  const models = bench.software ? tinyModels : benchModels;
  // A single byte at a time is the dearest; pieces of many are what the page draws.
  const pieces = bench.software ? [1, 4] : [1, 16, 64];
  for (const model of models.slice(0, 2)) {
    for (const piece of pieces) {
      const subject = { model: model.name, length: model.config.contextLength, piece };
      yield bench.row('watch', subject, () =>
        withEngine(bench.gpu, model, (engine) => measureBytes(bench, model, engine, piece)),
      );
    }
  }
}

async function measureBytes(
  { gpu }: Bench,
  { config }: BenchModel,
  engine: WebGpuEngine,
  piece: number,
): Promise<Measured<'watch'>> {
  const tokens = piece * Math.max(1, Math.floor(Math.min(128, config.contextLength / 2) / piece));
  const draw = async (isWatched: boolean) => {
    const sampler = await engine.createSampler({
      ...{ samples: 1, seed: 1, temperature: 1, topK: 0, topP: 1 },
      prompt: new Uint8Array(0),
    });
    try {
      if (isWatched) await sampler.watch({ layer: config.nLayer - 1, head: 'mean' });
      const start = performance.now();
      for (let drawn = 0; drawn < tokens; drawn += piece) {
        await Promise.all([sampler.next(piece), isWatched ? sampler.watched() : null]);
      }
      return (performance.now() - start) / tokens;
    } finally {
      sampler.destroy();
    }
  };
  await warmUp(gpu, () => draw(true));
  const times = { watched: [] as number[], plain: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    times.plain.push(await draw(false));
    times.watched.push(await draw(true));
  }
  const [watched, plain] = [summarize(times.watched), summarize(times.plain)];
  return {
    tokens,
    watchedMs: watched.ms,
    watchedSpreadMs: watched.spreadMs,
    plainMs: plain.ms,
    plainSpreadMs: plain.spreadMs,
    runs: watched.runs,
    kept: plain.ms / watched.ms,
  };
}
