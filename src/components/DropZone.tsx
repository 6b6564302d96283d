// Takes files: dropped or pasted anywhere on the page, or chosen here.

import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import styles from './DropZone.module.css';
import { filesOf } from './dropped.ts';
import { isForField, isTyping } from './typing.ts';

interface DropZoneProps {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onProblem: (problem: string) => void;
  /** Whether several files are taken together. */
  readonly multiple?: boolean;
  /** Why no file can be taken now; null when one can. */
  readonly refusal?: string | null;
  readonly children: ReactNode;
}

export function DropZone(props: DropZoneProps) {
  const { onFiles, multiple = false, refusal = null, children } = props;
  const over = useWindowDrops(props);
  const id = useId();
  return (
    <div className={styles.zone} data-over={over || undefined} data-disabled={refusal !== null || undefined}>
      <input
        id={id}
        className={styles.input}
        type="file"
        multiple={multiple}
        disabled={refusal !== null}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <label htmlFor={id} className={styles.label}>
        {over ? <strong>Let go to open</strong> : children}
      </label>
    </div>
  );
}

/** Drops and pastes anywhere on the page; true while something is dragged over it. */
function useWindowDrops({ refusal = null, multiple = false, onFiles, onProblem }: DropZoneProps): boolean {
  const [over, setOver] = useState(false);
  const handlers = useRef({ refusal, multiple, onFiles, onProblem });
  useEffect(() => {
    handlers.current = { refusal, multiple, onFiles, onProblem };
  });
  useEffect(() => {
    const take = async (taken: Promise<readonly File[] | string>) => {
      const files = await taken;
      const { refusal, multiple, onFiles, onProblem } = handlers.current;
      if (refusal !== null) onProblem(refusal);
      else if (typeof files === 'string') onProblem(files);
      else if (files.length > 1 && !multiple) onProblem('Those are several files. Drop one at a time.');
      else onFiles(files);
    };
    const cancel = new AbortController();
    const { signal } = cancel;
    const onDrag = (event: DragEvent) => {
      if (isForField(event)) return setOver(false);
      event.preventDefault();
      setOver(true);
    };
    const onDrop = (event: DragEvent) => {
      if (isForField(event)) return;
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void take(filesOf(event.dataTransfer, 'dropped-text.txt'));
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      const { clipboardData } = event;
      if (clipboardData && (clipboardData.files.length > 0 || clipboardData.getData('text/plain') !== '')) {
        void take(filesOf(clipboardData, 'pasted-text.txt'));
      }
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
