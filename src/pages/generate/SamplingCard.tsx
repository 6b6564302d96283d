// How much is made, and how the next byte is chosen.

import { ActionIcon } from '@mantine/core';
import { IconDice5 } from '@tabler/icons-react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { NumberSetting, SettingsGroup, SwitchSetting } from '../../components/Settings.tsx';
import type { MediumKind } from '../../protocol/index.ts';
import { changeSettings } from '../../state/commands.ts';
import { type GenerateSettings, MAX_SAMPLES, MAX_SECONDS } from '../../state/request.ts';
import { useWeft } from '../../state/store.ts';
import styles from './SamplingCard.module.css';
import type { View } from './view.ts';

const lengths = [50, 100, 200, 300, 400, 600, 800, 1000, 2000, 4000, 8000, 16_000];
const soundSeconds = [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 10, 15, 20];
const temperatures = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.5, 2];
const topKs = [0, 1, 2, 3, 5, 8, 10, 15, 20, 30, 40, 60, 100];
const topPs = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1];

interface SamplingCardProps {
  readonly kind: MediumKind;
  readonly view: View;
  readonly onView: (view: View) => void;
}

export function SamplingCard({ kind, view, onView }: SamplingCardProps) {
  const request = useWeft((state) => state.settings.generate);
  const change = (part: Partial<GenerateSettings>) => changeSettings({ generate: { ...request, ...part } });
  return (
    <Card>
      <SettingsGroup title="Then">
        {kind === 'text' && (
          <NumberSetting
            name="length"
            explain="Bytes to write. In plain English a letter is one byte."
            value={request.length}
            min={1}
            max={2 ** 20}
            integer
            show={count}
            stops={lengths}
            onChange={(length) => change({ length })}
          />
        )}
        {kind === 'audio' && (
          <NumberSetting
            name="seconds"
            explain="How long a sound to make. One sample is one byte."
            value={request.seconds}
            min={0.01}
            max={MAX_SECONDS}
            stops={soundSeconds}
            onChange={(seconds) => change({ seconds })}
          />
        )}
        <NumberSetting
          name="samples"
          explain="How many to make at once, each drawn by itself."
          value={request.samples[kind]}
          min={1}
          max={MAX_SAMPLES}
          integer
          stops={[1, 2, 3, 4, 6, 8, 9, 12, 16]}
          onChange={(samples) => change({ samples: { ...request.samples, [kind]: samples } })}
        />
        <NumberSetting
          name="temperature"
          explain="How daring it is: at 0 it always takes the likeliest byte, above 1 it flattens the odds."
          value={request.temperature[kind]}
          min={0}
          max={10}
          show={(value) => value.toFixed(2)}
          stops={temperatures}
          onChange={(temperature) => change({ temperature: { ...request.temperature, [kind]: temperature } })}
        />
        <NumberSetting
          name="top-k"
          explain="Chooses among the k likeliest bytes only; off considers all 256."
          value={request.topK}
          min={0}
          max={256}
          integer
          show={(value) => (value === 0 ? 'off' : String(value))}
          stops={topKs}
          onChange={(topK) => change({ topK })}
        />
        <NumberSetting
          name="top-p"
          explain="Chooses among the likeliest bytes that together have this probability; 1 considers all."
          value={request.topP}
          min={0.01}
          max={1}
          show={(value) => value.toFixed(2)}
          stops={topPs}
          onChange={(topP) => change({ topP })}
        />
        <div className={styles.seed}>
          <NumberSetting
            name="seed"
            explain="The same seed and settings make the same again."
            value={request.seed}
            min={0}
            max={2 ** 32 - 1}
            integer
            show={String}
            onChange={(seed) => change({ seed })}
          />
          <ActionIcon
            variant="default"
            size={26}
            aria-label="Another seed"
            onClick={() => change({ seed: Math.floor(Math.random() * 100_000) })}
          >
            <IconDice5 size={16} stroke={1.6} />
          </ActionIcon>
        </div>
        {kind === 'audio' && (
          <SwitchSetting
            name="play as it comes"
            explain="Plays the first sound while it is made, as soon as a second of it is there."
            value={view.playsAsItComes}
            onChange={(playsAsItComes) => onView({ ...view, playsAsItComes })}
          />
        )}
      </SettingsGroup>
    </Card>
  );
}
