import { describe, expect, test } from 'vitest';
import { Lazy } from './lazy.ts';
import { CallOrder } from './order.ts';

/** Calls that write their names when they take effect, and a thing that they need, made when `make` is called. */
function recorder() {
  const order = new CallOrder();
  const done: string[] = [];
  let make = () => {};
  const slow = new Lazy(() => new Promise<string>((resolve) => (make = () => resolve('made'))));
  const call = (name: string, needed: Lazy<string> = Lazy.of('there')) =>
    order.call(needed, (what) => {
      done.push(`${name}, ${what}`);
      return name;
    });
  return { order, done, slow, make: () => make(), call };
}

describe('calls', () => {
  test('that find all they need take effect at once', () => {
    const { order, done, call } = recorder();
    expect(call('first')).toBe('first');
    expect(done).toEqual(['first, there']);
    expect(order.waits).toBe(false);
  });

  test('wait behind those that wait, whatever they need themselves', async () => {
    const { order, done, slow, make, call } = recorder();
    const calls = [call('slow', slow), call('quick'), call('slow again', slow), call('last')];
    expect(done).toEqual([]);
    expect(order.waits).toBe(true);
    make();
    expect(await Promise.all(calls)).toEqual(['slow', 'quick', 'slow again', 'last']);
    expect(done).toEqual(['slow, made', 'quick, there', 'slow again, made', 'last, there']);
    expect(order.waits).toBe(false);
    call('later');
    expect(done.at(-1)).toBe('later, there');
  });

  test('do not wait for what an earlier one returned', async () => {
    const { slow, make, order, done, call } = recorder();
    const never = order.call(slow, () => new Promise(() => {}));
    const second = call('second');
    make();
    await second;
    expect(done).toEqual(['second, there']);
    expect(never).toBeInstanceOf(Promise);
  });

  test.each(['at once', 'after a wait'])(
    'wait for what an earlier one held, which took effect %s',
    async (when) => {
      const { slow, make, order, done, call } = recorder();
      let finish = () => {};
      const effect = new Promise<void>((resolve) => (finish = resolve));
      const needed = when === 'at once' ? Lazy.of('there') : slow;
      const first = order.call(needed, (_, hold) => {
        hold(effect.then(() => done.push('held')));
        return 'first';
      });
      const second = call('second');
      make();
      expect(await first).toBe('first');
      expect(done).toEqual([]);
      finish();
      await second;
      expect(done).toEqual(['held', 'second, there']);
      expect(order.waits).toBe(false);
    },
  );

  test('go on after one that failed, or whose need could not be made', async () => {
    const { done, slow, make, call, order } = recorder();
    const broken = new Lazy<string>(async () => {
      throw new Error('cannot be made');
    });
    const first = call('first', slow);
    const failed = order.call(slow, () => {
      throw new Error('went wrong');
    });
    const unmade = call('unmade', broken);
    const last = call('last');
    const outcomes = Promise.allSettled([first, failed, unmade, last]);
    make();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(done).toEqual(['first, made', 'last, there']);
  });
});
