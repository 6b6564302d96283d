// Where files are kept: the little that run storage needs of a place. The browser's is in opfs.ts; the command
// line has one of its own.

export interface StoredFile {
  /** Folders and name, joined by "/". */
  readonly path: string;
  readonly sizeBytes: number;
}

/** Paths are of plain names joined by "/". Methods throw `Failure`s: 'not-found', 'storage-full'. */
export interface Store {
  /** All files below a folder, at any depth; none where the folder does not exist. */
  list(folder: string): Promise<readonly StoredFile[]>;
  read(path: string): Promise<Uint8Array>;
  /** Creates or replaces a file: whatever happens, afterwards there is the old content or the new one. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Deletes a file and the folders that are empty then; nothing where there is none. */
  delete(path: string): Promise<void>;
}
