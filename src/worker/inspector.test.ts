// Looking into the model by the worker's calls: on one's own bytes, on held-out data, over many windows; beside training,
// cancelled, refused, and after the device was lost; and what is watched while it writes.

import { describe, expect, it, vi } from 'vitest';
import type { Inspection } from '../protocol/index.ts';
import { auto, error, long, run as oneRun, request, setUp, textFile, value, type World } from './testing.ts';

const bytes = new TextEncoder().encode('the cat sat on the mat.');

/** A world with a model that has been trained and paused. */
async function trained(): Promise<World> {
  const world = setUp();
  await world.host.openData([textFile()], auto);
  await world.host.startRun(oneRun, false);
  await world.until('finished');
  return world;
}

describe('an inspection', () => {
  it('holds the window, its surprise and a picture of every head', async () => {
    const { host, of } = await trained();
    const seen = value(await host.inspector.inspect({ kind: 'bytes', bytes }, 8));
    expect(seen.tokens).toEqual(bytes);
    expect(seen.bits.length).toBe(bytes.length);
    expect(Math.min(...seen.bits)).toBeGreaterThan(0);
    expect(seen).toMatchObject({ windows: 1, heldOutWindows: 1, step: 40 });
    expect(seen.maps).toMatchObject({ rows: 8, columns: 8 });
    expect(seen.maps.heads.map(({ layer, head }) => [layer, head])).toEqual([
      [0, 0],
      [0, 1],
    ]);
    for (const { segments } of seen.maps.heads) {
      const total = segments.flatMap(({ weights }) => [...weights]).reduce((a, b) => a + b, 0);
      // Each row of cells adds up to 1.
      expect(total).toBeCloseTo(8, 4);
    }
    expect(of('inspecting').at(-1)?.share).toBe(1);
  });

  it('of held-out data takes its windows in turn, and of many their mean', async () => {
    const { host } = await trained();
    await host.stopRun();
    await host.openData([textFile('another text entirely. '.repeat(200), 'other.txt')], auto);
    const windows = [];
    for (const window of [0, 1, 99]) {
      windows.push(value(await host.inspector.inspect({ kind: 'heldOut', window }, 4)));
    }
    const [first, second, last] = windows;
    expect(first?.heldOutWindows).toBeGreaterThan(3);
    expect(first?.tokens).not.toEqual(second?.tokens);
    expect(last?.tokens.length).toBe(32);
    const mean = value(await host.inspector.inspect({ kind: 'average', windows: 4 }, 4));
    expect(mean.windows).toBe(4);
    expect(mean.tokens).toEqual(first?.tokens);
  });

  it('can be looked at closer, and row by row', async () => {
    const { host } = await trained();
    const input = { kind: 'bytes', bytes } as const;
    const part = { queries: { from: 8, to: 16 }, keys: { from: 4, to: 12 } };
    const maps = value(await host.inspector.attentionMap({ input, layer: 0, cells: 128, ...part }));
    expect(maps).toMatchObject({ rows: 8, columns: 8 });
    const rows = value(await host.inspector.attentionRows({ input, layer: 0, heads: [1], queries: [12] }));
    const { segments } = rows[0] ?? { segments: [] };
    const exact = maps.heads.find(({ head }) => head === 1);
    for (const [index, { keys, weights }] of segments.entries()) {
      for (const [i, key] of keys.entries()) {
        if (key < 4 || key >= 12) continue;
        expect(exact?.segments[index]?.weights[4 * 8 + key - 4]).toBeCloseTo(weights[i] ?? 0, 6);
      }
    }
  });

  it('of a mean has the mean bits and the mean rows of its windows', async () => {
    const { host, engines } = await trained();
    await host.stopRun();
    await host.openData([textFile('another text entirely. '.repeat(200), 'other.txt')], auto);
    const { inspector } = host;
    const each: Inspection[] = [];
    for (const window of [0, 1, 2, 3, 4, 5, 6])
      each.push(value(await inspector.inspect({ kind: 'heldOut', window }, 4)));
    const windows = each[0]?.heldOutWindows ?? 0;
    const input = { kind: 'average', windows } as const;
    const mean = value(await inspector.inspect(input, 4));
    const bitsOf = (at: number) => each.reduce((sum, { bits }) => sum + (bits[at] ?? 0) / each.length, 0);
    expect(windows).toBe(each.length);
    for (const at of [0, 7, 31]) expect(mean.bits[at]).toBeCloseTo(bitsOf(at), 5);

    // As if every window had a weight of its own on its position 0.
    const engine = engines.at(-1);
    if (!engine) throw new Error('no engine');
    const seen: number[] = [];
    vi.spyOn(engine, 'attentionRows').mockImplementation(async ({ layer, heads, queries, tokens }) => {
      seen.push(tokens[0] ?? 0);
      const weights = Float32Array.of(seen.length / 8);
      const segments = [{ factor: 'dense', keys: Uint32Array.of(0), weights }] as const;
      return heads.flatMap((head) => queries.map((query) => ({ layer, head, query, segments })));
    });
    const request = { input, layer: 0, heads: [0, 1], queries: [5] };
    const rows = value(await inspector.attentionRows(request));
    expect(rows.map(({ head, query }) => [head, query])).toEqual([
      [0, 5],
      [1, 5],
    ]);
    expect(seen).toEqual(each.map(({ tokens }) => tokens[0]));
    for (const { segments } of rows) expect([...(segments[0]?.weights ?? [])]).toEqual([28 / 7 / 8]);

    const older = inspector.attentionRows(request);
    const newer = inspector.attentionRows({ ...request, queries: [6] });
    expect(error(await older)?.code).toBe('cancelled');
    expect(value(await newer).map(({ query }) => query)).toEqual([6, 6]);
  });

  it('comes between the steps of a run, which goes on', async () => {
    const { host, untilStep, steps } = setUp();
    await host.openData([textFile()], auto);
    await host.startRun(long, false);
    await untilStep(3);
    const seen = value(await host.inspector.inspect({ kind: 'heldOut', window: 0 }, 4));
    expect(seen.tokens.length).toBe(32);
    const before = steps().length;
    await untilStep(before + 2);
    await host.stopRun();
  });

  it('is refused in words', async () => {
    const { host } = setUp();
    const nothing = await host.inspector.inspect({ kind: 'bytes', bytes }, 8);
    expect(error(nothing)).toMatchObject({ code: 'not-found' });
    const ready = await trained();
    const { inspector } = ready.host;
    const refused = async (input: Parameters<typeof inspector.inspect>[0], cells = 8) =>
      error(await inspector.inspect(input, cells))?.message;
    expect(await refused({ kind: 'bytes', bytes: new Uint8Array() })).toContain('nothing to look at');
    expect(await refused({ kind: 'bytes', bytes: new Uint8Array(33) })).toContain('1 to 32 bytes');
    expect(await refused({ kind: 'bytes', bytes }, 500)).toContain('128 cells');
    const rows = await inspector.attentionRows({
      ...{ input: { kind: 'bytes', bytes }, layer: 3, heads: [0], queries: [0] },
    });
    expect(error(rows)).toMatchObject({ code: 'bad-input' });
  });

  it('without data says how to get it', async () => {
    const { host } = await trained();
    const weights = value(await host.exportWeights());
    const other = setUp();
    value(await other.host.importWeights(new File([weights], 'cats.safetensors')));
    const answer = await other.host.inspector.inspect({ kind: 'heldOut', window: 0 }, 8);
    expect(error(answer)?.message).toContain('Open its file');
    const own = value(await other.host.inspector.inspect({ kind: 'bytes', bytes }, 8));
    expect(own.heldOutWindows).toBe(0);
  });

  it('gives way to a newer one, and stops when told', async () => {
    const { host } = await trained();
    const input = { kind: 'bytes', bytes } as const;
    const answers = await Promise.all([host.inspector.inspect(input, 8), host.inspector.inspect(input, 4)]);
    expect(error(answers[0])?.code).toBe('cancelled');
    expect(value(answers[1]).maps.rows).toBe(4);
    const stopped = host.inspector.inspect(input, 8);
    value(await host.inspector.stopInspecting());
    expect(error(await stopped)?.code).toBe('cancelled');
    expect(value(await host.inspector.inspect(input, 8)).maps.rows).toBe(8);
  });

  it('is made again on a new device where the old one was lost', async () => {
    const { host, engines, world } = await trained();
    const before = world.opened;
    const engine = engines.at(-1);
    if (engine) engine.callsUntilLost = 0;
    expect(value(await host.inspector.inspect({ kind: 'bytes', bytes }, 8)).tokens).toEqual(bytes);
    expect(world.opened).toBe(before + 1);
  });
});

describe('watching', () => {
  const long = { ...request, length: 200 };

  it('sends rows along with the bytes while it is on, and none when it is off', async () => {
    const { host, of } = await trained();
    value(await host.writer.generate(1, long));
    expect(of('attention')).toEqual([]);
    value(await host.inspector.watchAttention({ layer: 0, head: 'mean' }));
    value(await host.writer.generate(2, long));
    const seen = of('attention');
    expect(seen.length).toBeGreaterThan(0);
    for (const { id, row, first } of seen) {
      expect(id).toBe(2);
      expect(row).toMatchObject({ layer: 0, head: 'mean' });
      expect(row.query).toBeLessThan(32);
      expect(first + row.query).toBeGreaterThanOrEqual(request.prompt.length);
      expect(first + row.query).toBeLessThan(request.prompt.length + long.length);
      const sum = row.segments.flatMap(({ weights }) => [...weights]).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    value(await host.inspector.watchAttention(null));
    value(await host.writer.generate(3, long));
    expect(of('attention').length).toBe(seen.length);
  });

  it('turns to another head while the model writes', async () => {
    const { host, of } = await trained();
    value(await host.inspector.watchAttention({ layer: 0, head: 0 }));
    const writing = host.writer.generate(1, { ...request, length: 5000 });
    const heads = () => new Set(of('attention').map(({ row }) => row.head));
    await vi.waitFor(() => expect(heads()).toEqual(new Set([0])), { timeout: 20_000 });
    value(await host.inspector.watchAttention({ layer: 0, head: 1 }));
    await vi.waitFor(() => expect(heads()).toEqual(new Set([0, 1])), { timeout: 20_000 });
    await host.writer.stopGenerating();
    value(await writing);
  });

  it('of a head that the model lacks sees nothing, and writing goes on', async () => {
    const { host, of } = await trained();
    value(await host.inspector.watchAttention({ layer: 7, head: 0 }));
    value(await host.writer.generate(1, request));
    expect(of('attention')).toEqual([]);
    expect(of('generated').at(-1)?.done).toBe(true);
  });
});
