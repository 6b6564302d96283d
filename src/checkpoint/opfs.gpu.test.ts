// The browser's private file system as a store, in a real browser.

import { beforeEach, describe, expect, it } from 'vitest';
import { claimWriting, openOpfs } from './opfs.ts';

const FOLDER = 'test';
const bytes = (...values: number[]) => Uint8Array.from(values);

beforeEach(async () => {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(FOLDER, { recursive: true }).catch(() => {});
});

describe('OpfsStore', () => {
  it('writes, lists, reads, replaces and deletes', async () => {
    const store = await openOpfs();
    expect(await store.list(FOLDER)).toEqual([]);
    await store.write(`${FOLDER}/a/one`, bytes(1, 2, 3));
    await store.write(`${FOLDER}/b/two`, bytes(4));
    const sorted = [...(await store.list(FOLDER))].sort((x, y) => x.path.localeCompare(y.path));
    expect(sorted).toEqual([
      { path: `${FOLDER}/a/one`, sizeBytes: 3 },
      { path: `${FOLDER}/b/two`, sizeBytes: 1 },
    ]);
    await store.write(`${FOLDER}/a/one`, bytes(9));
    expect(await store.read(`${FOLDER}/a/one`)).toEqual(bytes(9));
    await store.delete(`${FOLDER}/a/one`);
    await store.delete(`${FOLDER}/a/one`);
    expect((await store.list(FOLDER)).map(({ path }) => path)).toEqual([`${FOLDER}/b/two`]);
    await expect(store.read(`${FOLDER}/a/one`)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leaves the old file, or none, when there is no room', async () => {
    const store = await openOpfs();
    await store.write(`${FOLDER}/old`, bytes(1));
    const close = FileSystemWritableFileStream.prototype.close;
    FileSystemWritableFileStream.prototype.close = () =>
      Promise.reject(new DOMException('full', 'QuotaExceededError'));
    try {
      for (const name of ['old', 'new']) {
        await expect(store.write(`${FOLDER}/${name}`, bytes(2, 2))).rejects.toMatchObject({
          code: 'storage-full',
        });
      }
    } finally {
      FileSystemWritableFileStream.prototype.close = close;
    }
    expect(await store.list(FOLDER)).toEqual([{ path: `${FOLDER}/old`, sizeBytes: 1 }]);
    expect(await store.read(`${FOLDER}/old`)).toEqual(bytes(1));
  });

  it('has one writer among the threads of a site', async () => {
    expect(await claimWriting()).toBe(true);
    expect(await claimWriting()).toBe(true);
    const source = `navigator.locks.request('weft-runs', { ifAvailable: true }, (lock) => postMessage(lock === null))`;
    const worker = new Worker(URL.createObjectURL(new Blob([source])));
    const refused = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
    worker.terminate();
    expect(refused).toBe(true);
  });
});
