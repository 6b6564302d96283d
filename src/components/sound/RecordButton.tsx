// Records from the microphone: the level while it lasts, and a button that ends it.

import { Button } from '@mantine/core';
import { IconMicrophone, IconPlayerStopFilled } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { duration } from '../format.ts';
import styles from './RecordButton.module.css';
import { type Recording, record } from './recording.ts';

interface RecordButtonProps {
  readonly onFile: (file: File) => void;
  readonly onProblem: (problem: string) => void;
  readonly disabled?: boolean;
}

/** Longer recordings are ended. */
const MAX_SECONDS = 600;
const LOOK_MS = 100;

export function RecordButton({ onFile, onProblem, disabled = false }: RecordButtonProps) {
  const [recording, setRecording] = useState<Recording | null>(null);
  const [seen, setSeen] = useState({ level: 0, seconds: 0 });
  const open = useRef<Recording | null>(null);
  /** The browser is being asked for the microphone, which may take as long as a person needs to answer. */
  const [asking, setAsking] = useState(false);
  const left = useRef(false);
  const stop = useRef<HTMLButtonElement>(null);
  // A page that is left must not go on listening, nor begin to.
  useEffect(() => {
    left.current = false;
    return () => {
      left.current = true;
      void open.current?.stop();
    };
  }, []);
  const begin = async () => {
    setAsking(true);
    const begun = await record();
    if (left.current) {
      if (typeof begun !== 'string') void begun.stop();
      return;
    }
    setAsking(false);
    if (typeof begun === 'string') {
      onProblem(begun);
      return;
    }
    open.current = begun;
    setRecording(begun);
  };
  const end = async () => {
    const ended = open.current;
    if (!ended) return;
    open.current = null;
    const file = await ended.stop();
    setRecording(null);
    if (file) onFile(file);
    else onProblem('Nothing was recorded.');
  };
  const ending = useRef(end);
  useEffect(() => {
    ending.current = end;
  });
  useEffect(() => {
    if (!recording) return;
    // In the place of the button that was pressed.
    stop.current?.focus();
    const startMs = performance.now();
    const timer = setInterval(() => {
      const seconds = (performance.now() - startMs) / 1000;
      setSeen({ level: recording.level(), seconds });
      if (seconds > MAX_SECONDS) void ending.current();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [recording]);
  if (!recording) {
    return (
      <Button
        size="xs"
        leftSection={<IconMicrophone size={14} />}
        disabled={disabled || asking}
        onClick={() => void begin()}
      >
        Record
      </Button>
    );
  }
  return (
    <>
      <div className={styles.recording}>
        <Button
          ref={stop}
          size="xs"
          variant="filled"
          leftSection={<IconPlayerStopFilled size={14} />}
          onClick={() => void end()}
        >
          Stop recording
        </Button>
        <meter className={styles.meter} aria-label="Level" value={Math.min(1, seen.level)}>
          {Math.round(100 * seen.level)}%
        </meter>
        <span className={styles.time}>{duration(seen.seconds)}</span>
      </div>
      <p className={styles.note}>It stays on this computer, like everything here.</p>
    </>
  );
}
