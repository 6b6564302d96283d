// Takes a file: dropped or pasted anywhere on the page, or chosen here.

import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import styles from './DropZone.module.css';
import { isTyping } from './typing.ts';

interface DropZoneProps {
  readonly onFile: (file: File) => void;
  readonly onProblem: (problem: string) => void;
  /** Why no file can be taken now; null when one can. */
  readonly refusal?: string | null;
  readonly children: ReactNode;
}

/** The one file of a drop, or why there is none. */
function fileOf(transfer: DataTransfer): File | string {
  const entry = transfer.items[0]?.webkitGetAsEntry?.();
  if (entry?.isDirectory) return 'That is a folder. Drop one file from inside it.';
  if (transfer.files.length > 1) return 'Those are several files. Drop one at a time.';
  const file = transfer.files[0];
  if (file) return file;
  const text = transfer.getData('text/plain');
  return text
    ? new File([text], 'dropped-text.txt')
    : 'There was no file in that. Drop a text file, or choose one.';
}

export function DropZone({ onFile, onProblem, refusal = null, children }: DropZoneProps) {
  const over = useWindowDrops(refusal, onFile, onProblem);
  const id = useId();
  return (
    <div className={styles.zone} data-over={over || undefined} data-disabled={refusal !== null || undefined}>
      <input
        id={id}
        className={styles.input}
        type="file"
        disabled={refusal !== null}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) onFile(file);
        }}
      />
      <label htmlFor={id} className={styles.label}>
        {over ? <strong>Let go to open it</strong> : children}
      </label>
    </div>
  );
}

/** Drops and pastes anywhere on the page; true while something is dragged over it. */
function useWindowDrops(
  refusal: string | null,
  onFile: (file: File) => void,
  onProblem: (problem: string) => void,
): boolean {
  const [over, setOver] = useState(false);
  const handlers = useRef({ onFile, onProblem, refusal });
  useEffect(() => {
    handlers.current = { onFile, onProblem, refusal };
  });
  useEffect(() => {
    const take = (file: File | string) => {
      const { onFile, onProblem, refusal } = handlers.current;
      if (refusal !== null) onProblem(refusal);
      else if (typeof file === 'string') onProblem(file);
      else onFile(file);
    };
    const cancel = new AbortController();
    const { signal } = cancel;
    const onDrag = (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) take(fileOf(event.dataTransfer));
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      const file = event.clipboardData?.files[0];
      const text = event.clipboardData?.getData('text/plain');
      if (file) take(file);
      else if (text) take(new File([text], 'pasted-text.txt'));
    };
    document.addEventListener('dragover', onDrag, { signal });
    document.addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), {
      signal,
    });
    document.addEventListener('drop', onDrop, { signal });
    document.addEventListener('paste', onPaste, { signal });
    return () => cancel.abort();
  }, []);
  return over;
}
