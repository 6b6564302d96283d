// Generation of any length over a bounded context.

import { describe, expect, it } from 'vitest';
import { promptsOf, type Sampler } from '../model/engine.ts';
import { BigramEngine } from '../model/testing.ts';
import { type GenerateSettings, generate } from './generate.ts';

const settings: GenerateSettings = {
  prompt: new TextEncoder().encode('ab'),
  samples: 1,
  length: 100,
  seed: 3,
  temperature: 1,
  topK: 0,
  topP: 1,
};

async function all(engine: BigramEngine, changes: Partial<GenerateSettings> = {}): Promise<number[]> {
  return (await every(engine, changes))[0] ?? [];
}

/** The bytes of every sample. */
async function every(engine: BigramEngine, changes: Partial<GenerateSettings> = {}): Promise<number[][]> {
  const asked = { ...settings, ...changes };
  const samples = Array.from({ length: asked.samples }, (): number[] => []);
  for await (const pieces of generate(engine, asked)) {
    expect(pieces.length).toBe(asked.samples);
    for (const [sample, piece] of pieces.entries()) samples[sample]?.push(...piece);
  }
  return samples;
}

/** An engine that keeps what was asked of it. */
function watched() {
  const engine = new BigramEngine();
  const asked: { prompt: number[]; seed: number }[] = [];
  const prompts: number[][][] = [];
  let open = 0;
  const create = engine.createSampler.bind(engine);
  engine.createSampler = async (wanted): Promise<Sampler> => {
    asked.push({ prompt: [...promptsOf(wanted)[0]!], seed: wanted.seed });
    prompts.push(promptsOf(wanted).map((prompt) => [...prompt]));
    open += 1;
    const sampler = await create(wanted);
    sampler.destroy = () => {
      open -= 1;
    };
    return sampler;
  };
  return { engine, asked, prompts, open: () => open };
}

describe('generate', () => {
  it('draws as many bytes as asked for, whatever the pieces', async () => {
    const whole = await all(new BigramEngine());
    expect(whole.length).toBe(100);
    expect(new Set(whole).size).toBeGreaterThan(20);
    for (const pieceMs of [0, 1, 1e9]) expect(await all(new BigramEngine(), { pieceMs })).toEqual(whole);
    expect(await all(new BigramEngine(), { length: 40 })).toEqual(whole.slice(0, 40));
    expect(await all(new BigramEngine(), { seed: 4 })).not.toEqual(whole);
    expect(await all(new BigramEngine(), { length: 0 })).toEqual([]);
  });

  it('goes on from the last half context, with another seed', async () => {
    const { engine, asked, open } = watched();
    const text = [...settings.prompt, ...(await all(engine))];
    expect(asked.map(({ prompt }) => prompt)).toEqual([
      text.slice(0, 2),
      ...[32, 48, 64, 80, 96].map((end) => text.slice(end - 16, end)),
    ]);
    expect(new Set(asked.map(({ seed }) => seed)).size).toBe(6);
    expect(open()).toBe(0);
  });

  it('draws several sequences at once, each going on from its own end', async () => {
    const [alone] = await every(new BigramEngine());
    const three = await every(new BigramEngine(), { samples: 3 });
    expect(three.map(({ length }) => length)).toEqual([100, 100, 100]);
    expect(three[0]).toEqual(alone);
    expect(new Set(three.map(String)).size).toBe(3);
    const { engine, prompts } = watched();
    const texts = (await every(engine, { samples: 3 })).map((drawn) => [...settings.prompt, ...drawn]);
    expect(prompts[1]).toEqual(texts.map((text) => text.slice(16, 32)));
  });

  it('cuts a prompt that fills the context', async () => {
    const { engine, asked } = watched();
    const prompt = Uint8Array.from({ length: 50 }, (_, i) => i);
    await all(engine, { prompt, length: 3 });
    expect(asked[0]?.prompt).toEqual([...prompt.slice(34)]);
  });

  it('frees the sampler when the loop is left', async () => {
    const { engine, open } = watched();
    for await (const piece of generate(engine, { ...settings, pieceMs: 0 })) {
      expect(piece.map((bytes) => bytes.length)).toEqual([1]);
      expect(open()).toBe(1);
      break;
    }
    expect(open()).toBe(0);
  });
});

describe('watching', () => {
  it('changes no byte, and names the byte of the whole sequence', async () => {
    const plain = await all(new BigramEngine(), { length: 90 });
    const seen: { first: number; query: number }[] = [];
    const watcher = {
      watch: () => watch,
      onRow: (row: { query: number }, first: number) => seen.push({ first, query: row.query }),
    };
    const watch = { layer: 0, head: 'mean' } as const;
    expect(await all(new BigramEngine(), { length: 90, watcher })).toEqual(plain);
    const places = seen.map(({ first, query }) => first + query);
    expect(places.length).toBeGreaterThan(0);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    expect(Math.max(...seen.map(({ query }) => query))).toBeLessThan(32);
    expect(places.at(-1)).toBeLessThan(settings.prompt.length + 90);
  });
});
