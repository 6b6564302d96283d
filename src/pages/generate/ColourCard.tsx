// Colours what is shown by its value, or by how little the model expected it.

import { Button } from '@mantine/core';
import { Card } from '../../components/Card.tsx';
import { wordsOf } from '../../components/medium.ts';
import { ChoiceSetting, SettingsGroup } from '../../components/Settings.tsx';
import { SurpriseLegend } from '../../components/surprise/SurpriseLegend.tsx';
import { measure, stopMeasuring } from '../../state/generate-commands.ts';
import { useWeft } from '../../state/store.ts';
import { bitsOf, meanBits } from '../../state/surprise.ts';
import styles from './ColourCard.module.css';
import type { View } from './view.ts';

interface ColourCardProps {
  readonly view: View;
  readonly onView: (view: View) => void;
}

export function ColourCard({ view, onView }: ColourCardProps) {
  return (
    <Card>
      <SettingsGroup title="Colour by">
        <ChoiceSetting
          name="Colour by"
          hideName
          wide
          value={view.colour}
          options={['value', 'surprise']}
          onChange={(colour) => {
            if (colour === 'value') void stopMeasuring();
            onView({ ...view, colour });
          }}
        />
        {view.colour === 'surprise' && <Surprise />}
      </SettingsGroup>
    </Card>
  );
}

function Surprise() {
  const surprise = useWeft((state) => state.surprise);
  const writing = useWeft(({ generation }) => (generation.state === 'empty' ? null : generation.writing));
  const busy = useWeft(({ generation }) => generation.state === 'writing');
  const model = useWeft((state) => state.library.model !== null);
  if (!writing) return <p className={styles.note}>There is nothing to colour yet.</p>;
  if (busy) return <p className={styles.note}>It is measured when it is whole.</p>;
  if (surprise.state === 'none' && !model) {
    return <p className={styles.note}>Without its model it cannot be measured.</p>;
  }
  if (surprise.state === 'failed') {
    return (
      <p className={styles.failed} role="alert">
        {surprise.error.message}
      </p>
    );
  }
  if (surprise.state === 'stopped') {
    return (
      <div className={styles.measuring}>
        Stopped.
        <Button size="compact-xs" disabled={!model} onClick={() => void measure()}>
          Measure
        </Button>
      </div>
    );
  }
  const bits = bitsOf(surprise, writing.id);
  return (
    <>
      {surprise.state === 'measuring' && (
        <div className={styles.measuring}>
          Measuring: {Math.round(100 * surprise.share)}%
          <Button size="compact-xs" onClick={() => void stopMeasuring()}>
            Stop measuring
          </Button>
        </div>
      )}
      <SurpriseLegend mean={meanBits(bits)} unit={wordsOf(writing.medium.kind).unit} />
    </>
  );
}
