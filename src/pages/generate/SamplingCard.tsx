// How the next byte is chosen, and what the text begins with.

import { ActionIcon, Textarea } from '@mantine/core';
import { IconDice5 } from '@tabler/icons-react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { NumberSetting, SettingsGroup } from '../../components/Settings.tsx';
import type { ModelInfo } from '../../protocol/index.ts';
import { changeSettings } from '../../state/commands.ts';
import type { GenerateSettings } from '../../state/settings.ts';
import { useWeft } from '../../state/store.ts';
import styles from './SamplingCard.module.css';

const lengths = [50, 100, 200, 300, 400, 600, 800, 1000, 2000, 4000, 8000, 16_000];
const temperatures = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.5, 2];
const topKs = [0, 1, 2, 3, 5, 8, 10, 15, 20, 30, 40, 60, 100];
const topPs = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1];

export function SamplingCard({ model }: { readonly model: ModelInfo | null }) {
  const request = useWeft((state) => state.settings.generate);
  const change = (part: Partial<GenerateSettings>) => changeSettings({ generate: { ...request, ...part } });
  return (
    <Card>
      <SettingsGroup title="Begin with">
        <Textarea
          aria-label="Begin with"
          placeholder="Nothing, or a few words"
          autosize
          minRows={2}
          maxRows={6}
          value={request.prompt}
          onChange={(event) => change({ prompt: event.currentTarget.value })}
          classNames={{ input: styles.prompt }}
        />
        <PromptNote prompt={request.prompt} contextLength={model?.config.contextLength ?? null} />
      </SettingsGroup>
      <SettingsGroup title="Then">
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
        <NumberSetting
          name="temperature"
          explain="How daring it is: at 0 it always takes the likeliest byte, above 1 it flattens the odds."
          value={request.temperature}
          min={0}
          max={10}
          show={(value) => value.toFixed(2)}
          stops={temperatures}
          onChange={(temperature) => change({ temperature })}
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
            explain="The same seed and settings write the same text again."
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
      </SettingsGroup>
    </Card>
  );
}

interface PromptNoteProps {
  readonly prompt: string;
  readonly contextLength: number | null;
}

/** The prompt's size in bytes, and what of it the model cannot see. */
function PromptNote({ prompt, contextLength }: PromptNoteProps) {
  if (prompt === '') return null;
  const size = new TextEncoder().encode(prompt).length;
  const long = contextLength !== null && size >= contextLength;
  return (
    <p className={styles.note}>
      {count(size)} bytes
      {long &&
        `; the model sees ${count(contextLength)} at once, so only the last ${count(contextLength / 2)} count`}
    </p>
  );
}
