// A race that is under way: which pattern trains now, which come after it, and how it is ended.

import { Button } from '@mantine/core';
import { attentionWords } from '../../components/attentionWords.ts';
import type { RunConfig } from '../../protocol/index.ts';
import { endRace } from '../../state/race-commands.ts';
import { useWeft } from '../../state/store.ts';
import styles from './StatusCard.module.css';

const wordsOf = ({ model }: RunConfig) => attentionWords(model.attention);

export function RaceCard() {
  const race = useWeft((state) => state.race);
  const now = race?.runs[race.at];
  if (!race || !now) return null;
  const next = race.runs.slice(race.at + 1).map(wordsOf);
  return (
    <div className={styles.status} data-tone="busy">
      Race, run {race.at + 1} of {race.runs.length}: {wordsOf(now)}.{' '}
      {next.length > 0 && (
        <>
          Then {next.join('; ')}.{' '}
          <Button size="compact-xs" onClick={endRace}>
            Let this one be the last
          </Button>
        </>
      )}
    </div>
  );
}
