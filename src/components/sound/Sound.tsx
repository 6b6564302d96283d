// A sound to see and to hear: waveform, play button, time.

import { ActionIcon } from '@mantine/core';
import { IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import styles from './Sound.module.css';
import { seconds } from './seconds.ts';
import type { Playing } from './usePlayer.ts';
import { usePlayer } from './usePlayer.ts';
import { Waveform, type WaveformSize } from './Waveform.tsx';

/** What is made is heard from so long before it begins: what was given may last minutes. */
const LEAD_SECONDS = 3;

interface SoundProps {
  /** Mu-law samples. */
  readonly bytes: Uint8Array;
  readonly rateHz: number;
  /** Samples that it will have when it is whole. */
  readonly length?: number;
  readonly given?: number;
  readonly bits?: Float32Array | undefined;
  readonly size?: WaveformSize;
  /** Plays as soon as there is enough of it. Only after a press, or the browser keeps it silent. */
  readonly plays?: boolean;
  /** What it is: "the beginning", "sample 2". */
  readonly name: string;
}

export function Sound(props: SoundProps) {
  const { bytes, rateHz, length = bytes.length, given, bits, size, plays = false, name } = props;
  const whole = bytes.length >= length;
  const playing = usePlayer(bytes, rateHz, whole);
  const { player } = playing;
  const playsAtFirst = useRef(plays);
  const beginning = useRef(Math.max(0, Math.round((given ?? 0) - LEAD_SECONDS * rateHz)));
  useEffect(() => {
    if (playsAtFirst.current) player.play(beginning.current);
  }, [player]);
  return (
    <div className={styles.sound}>
      <div className={styles.side}>
        <PlayButton playing={playing} disabled={bytes.length === 0} name={name} />
        <span className={styles.time}>{seconds(playing.position ?? bytes.length, rateHz)}</span>
      </div>
      <Waveform
        bytes={bytes}
        length={Math.max(1, length)}
        bits={bits}
        position={playing.position}
        {...(given !== undefined && { given })}
        {...(size && { size })}
        label={`${name}: a sound of ${seconds(bytes.length, rateHz)}`}
      />
    </div>
  );
}

const WORDS = {
  stopped: '',
  playing: 'playing',
  ended: '',
  waiting: 'waits for more',
  blocked: 'kept silent by the browser',
} as const;

interface PlayButtonProps {
  readonly playing: Playing;
  readonly disabled: boolean;
  readonly name: string;
}

function PlayButton({ playing, disabled, name }: PlayButtonProps) {
  const { state, player } = playing;
  const stopped = state === 'stopped';
  return (
    <>
      <ActionIcon
        variant="default"
        size="lg"
        disabled={disabled}
        aria-label={stopped ? `Play ${name}` : `Stop ${name}`}
        onClick={() => (stopped ? player.play() : player.stop())}
      >
        {stopped ? <IconPlayerPlayFilled size={16} /> : <IconPlayerStopFilled size={16} />}
      </ActionIcon>
      {WORDS[state] !== '' && <span className={styles.time}>{WORDS[state]}</span>}
    </>
  );
}
