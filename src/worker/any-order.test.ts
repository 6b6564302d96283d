// The host's commands in any order, with a device that may be lost between them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../protocol/index.ts';
import { auto, long, request, setUp, textFile } from './testing.ts';

describe('any commands in any order', () => {
  it('keep the state possible and are all answered', async () => {
    const command = fc.constantFrom(
      'data',
      'start',
      'pause',
      'resume',
      'stop',
      'generate',
      'silence',
      'export',
      'lose',
      'list',
      'open',
      'tune',
      'stop tuning',
      'forget',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (commands) => {
        const world = setUp();
        await world.host.openData([textFile()], auto);
        const answers: Promise<Result<unknown>>[] = [];
        let lost = false;
        for (const [index, name] of commands.entries()) {
          const { host } = world;
          if (name === 'data') answers.push(host.openData([textFile()], auto));
          if (name === 'start') answers.push(host.startRun(long, false));
          if (name === 'pause') answers.push(host.pauseRun());
          if (name === 'resume') answers.push(host.resumeRun());
          if (name === 'stop') answers.push(host.stopRun());
          if (name === 'generate') answers.push(host.writer.generate(index, request));
          if (name === 'silence') answers.push(host.writer.stopGenerating());
          if (name === 'export') answers.push(host.exportWeights());
          if (name === 'list') answers.push(host.listRuns());
          if (name === 'tune') answers.push(host.measuring.tune(index));
          if (name === 'stop tuning') answers.push(host.measuring.stopTuning());
          if (name === 'forget') answers.push(host.measuring.forgetTuning());
          if (name === 'open')
            answers.push(
              host.listRuns().then((runs) => host.openRun(runs.ok ? (runs.value[0]?.id ?? '') : '')),
            );
          const engine = world.engines.at(-1);
          if (name === 'lose' && !lost && engine) {
            engine.callsUntilLost = 0;
            lost = true;
          }
          await new Promise((resolve) => setTimeout(resolve, index % 3));
        }
        answers.push(world.host.stopRun());
        for (const answer of await Promise.all(answers)) {
          if (!answer.ok) expect(['bad-input', 'not-found', 'device-lost']).toContain(answer.error.code);
        }
        const states = world.statuses().map(({ state }) => state);
        expect(states.at(-1) ?? 'idle').toMatch(/idle|failed/);
        const live = world.engines.filter((engine) => !engine.destroyed);
        expect(live.length).toBeLessThanOrEqual(lost ? 2 : 1);
        const requests = commands.flatMap((name, index) => (name === 'generate' ? [index] : []));
        const ended = world
          .of('generated')
          .filter(({ done }) => done)
          .map(({ id }) => id);
        expect(ended.every((id) => requests.includes(id))).toBe(true);
        expect(new Set(ended).size).toBe(ended.length);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
