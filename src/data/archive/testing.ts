// tar files for tests.

export interface TarEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** '0', a plain file, if not given. */
  readonly kind?: string;
  readonly link?: string;
}

/** A tar file of plain files, in the manner of ustar. */
export function makeTar(files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> {
  return tarOf(Object.entries(files).map(([name, bytes]) => ({ name, bytes })));
}

/** A tar file of entries of any kind. */
export function tarOf(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const blocks = entries.flatMap(({ name, bytes = new Uint8Array(), kind = '0', link = '' }) => {
    const header = new Uint8Array(512);
    const put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
    put(0, name);
    put(124, `${bytes.length.toString(8).padStart(11, '0')}\0`);
    put(156, kind);
    put(157, link);
    put(257, 'ustar\x0000');
    const content = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
    content.set(bytes);
    return [...header, ...content];
  });
  return Uint8Array.of(...blocks, ...new Uint8Array(1024));
}
