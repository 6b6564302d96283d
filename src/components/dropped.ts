// What a person let go over the page or pasted into it, as files: folders are opened, words become a text.

import { count } from './format.ts';

/** More files than a folder to learn from has: a whole disk by mistake. */
const MAX_FILES = 100_000;

/** The files of a drop or a paste, or why there are none. To be called at once: its items do not outlive the event. */
export function filesOf(transfer: DataTransfer, words: string): Promise<readonly File[] | string> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...transfer.files];
  const text = transfer.getData('text/plain');
  if (entries.some((entry) => entry?.isDirectory)) return filesIn(entries);
  if (files.length > 0) return Promise.resolve(files);
  if (text !== '') return Promise.resolve([new File([text], words)]);
  return Promise.resolve('There was no file in that. Drop text, pictures or sound, or choose files.');
}

async function filesIn(entries: readonly (FileSystemEntry | null)[]): Promise<readonly File[] | string> {
  const found: File[] = [];
  const waiting = [...entries];
  // No shift: from the front of a long array, each takes as long as the array is.
  for (let next = 0; next < waiting.length; next++) {
    const entry = waiting[next];
    try {
      if (entry?.isDirectory) {
        for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) waiting.push(child);
      } else if (entry) found.push(await fileOf(entry as FileSystemFileEntry));
    } catch {
      return `The browser cannot read ${pathOf(entry)}. Take it out of the folder, or choose the files themselves.`;
    }
    if (found.length > MAX_FILES) {
      return `That folder holds more than ${count(MAX_FILES)} files. Drop a folder inside it, or a zip of it.`;
    }
  }
  return found.length > 0 ? found : 'That folder is empty.';
}

const pathOf = (entry: FileSystemEntry | null | undefined) => entry?.fullPath.replace(/^\//, '') ?? 'it';

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and none when it is through.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** The file with its path in the folder for a name, by which it is known when it cannot be read. */
async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return new File([file], pathOf(entry), { type: file.type });
}
