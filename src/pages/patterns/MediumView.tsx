// What the marked position looks at, on something that has a shape: a picture's grid, a text, a sound.

import { PictureGrid } from '../../components/attention/PictureGrid.tsx';
import { TextStrip } from '../../components/attention/TextStrip.tsx';
import { WaveStrip } from '../../components/attention/WaveStrip.tsx';
import { count } from '../../components/format.ts';
import { builtinText } from '../../data/builtin-text.ts';
import type { KeyRun } from '../../patterns/index.ts';
import styles from './MediumView.module.css';
import type { PatternSettings } from './settings.ts';

interface MediumViewProps {
  readonly settings: PatternSettings;
  readonly runs: readonly KeyRun[];
  readonly query: number;
  readonly onQuery: (query: number) => void;
  readonly label: string;
}

export function MediumView({ settings, runs, query, onQuery, label }: MediumViewProps) {
  const { length, medium, row } = settings;
  if (medium === 'text') {
    return <TextStrip textOf={letterAt} length={length} runs={runs} query={query} label={label} />;
  }
  if (medium === 'sound') {
    return (
      <WaveStrip
        sampleOf={sampleAt}
        length={length}
        runs={runs}
        query={query}
        onQuery={onQuery}
        label={label}
      />
    );
  }
  return (
    <figure className={styles.picture}>
      <figcaption>
        as {count(Math.ceil(length / row))} rows of {count(row)}
      </figcaption>
      <PictureGrid length={length} columns={row} runs={runs} query={query} onQuery={onQuery} label={label} />
    </figure>
  );
}

let letters = '';

/** A letter of the text that the page writes itself; it begins again where it ends. */
function letterAt(position: number): string {
  letters ||= builtinText(65_536);
  return letters.charAt(position % letters.length);
}

/** Notes of a scale, each struck and fading, at 12 kHz. */
const NOTES = [220, 262, 330, 294, 392, 330, 262, 349];
const NOTE_SAMPLES = 3000;

function sampleAt(position: number): number {
  const note = Math.floor(position / NOTE_SAMPLES);
  const seconds = position / 12_000;
  const since = (position % NOTE_SAMPLES) / NOTE_SAMPLES;
  const pitch = 2 * Math.PI * (NOTES[(note * 5 + (note >> 3)) % NOTES.length] ?? 220) * seconds;
  const struck = Math.exp(-2.2 * since) * (0.75 + 0.25 * Math.sin(note * 1.7));
  return struck * (0.7 * Math.sin(pitch) + 0.2 * Math.sin(2 * pitch) + 0.1 * Math.sin(3 * pitch));
}
