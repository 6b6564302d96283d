// The present run beside earlier ones on the same data, as in the paper's Table 2: what each learnt, in what time.

import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconAdjustments, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import table from '../../components/attention/DataTable.module.css';
import { attentionWords } from '../../components/attentionWords.ts';
import { Card } from '../../components/Card.tsx';
import { bits, bytes, count, duration, short, times } from '../../components/format.ts';
import { wordsOf } from '../../components/medium.ts';
import { numbered } from '../../components/numbered.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { changeSettings, forgetEarlier } from '../../state/commands.ts';
import { comparable, heldOut, isActive, type RunRecord, stepsDone } from '../../state/run.ts';
import type { WeftState } from '../../state/store.ts';
import { useSlowly } from '../../state/useSlowly.ts';
import styles from './ComparisonCard.module.css';
import { colourOf, differences } from './compared.ts';

const runOf = (state: WeftState) => state.run;

export function ComparisonCard() {
  const run = useSlowly(runOf, 500);
  const earlier = comparable(run);
  if (!run.record || earlier.length === 0) return null;
  const records = [...earlier, run.record];
  const apart = differences(records.map(({ setup }) => setup.config));
  const { unit } = wordsOf(run.record.setup.config.medium.kind);
  return (
    <Card title="Side by side" note={`on the same data, in bits / ${unit}`}>
      <ScrollRegion name="Runs side by side" className={styles.scroll}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">run</th>
              <th scope="col">held out</th>
              <th scope="col">steps</th>
              <th scope="col">time</th>
              <th scope="col">bytes / s</th>
              <th scope="col">memory</th>
              <th scope="col">less attention</th>
              <th scope="col">
                <VisuallyHidden>What to do with it</VisuallyHidden>
              </th>
            </tr>
          </thead>
          <tbody>
            {numbered(records).map(({ key, item: record }, index) => (
              <Row
                key={key}
                record={record}
                number={index + 1}
                apart={apart[index] ?? []}
                present={record === run.record}
                busy={isActive(run.status)}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Card>
  );
}

interface RowProps {
  readonly record: RunRecord;
  readonly number: number;
  readonly apart: readonly string[];
  /** The run that the rest of the page shows. */
  readonly present: boolean;
  readonly busy: boolean;
}

function Row({ record, number, apart, present, busy }: RowProps) {
  const { latest, setup } = record;
  const { config, cost } = setup;
  const words = [attentionWords(config.model.attention), ...apart].join(', ');
  return (
    <tr data-present={present || undefined} className={styles.row}>
      <th scope="row">
        <span className={styles.run}>
          <i style={{ background: present ? 'var(--held-out)' : colourOf(config) }} aria-hidden="true" />
          {number}
          <span className={styles.words}>
            {words}
            {present && ' (this one)'}
          </span>
        </span>
      </th>
      <td>{bits(heldOut(record)) ?? '–'}</td>
      <td>{count(stepsDone(record))}</td>
      <td>{latest ? duration(latest.seconds) : '–'}</td>
      <td>{latest ? short(latest.tokensPerSecond) : '–'}</td>
      <td>{cost ? bytes(cost.memoryBytes) : '–'}</td>
      <td>{cost ? times(cost.attentionSaving) : '–'}</td>
      <td>
        {!present && (
          <span className={styles.actions}>
            <Action
              label={`Take the settings of run ${number}`}
              disabled={busy}
              onClick={() => changeSettings({ run: config })}
            >
              <IconAdjustments size={15} stroke={1.6} />
            </Action>
            <Action label={`Forget run ${number}`} onClick={() => forgetEarlier(record)}>
              <IconX size={15} stroke={1.6} />
            </Action>
          </span>
        )}
      </td>
    </tr>
  );
}

interface ActionProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Action({ label, disabled = false, onClick, children }: ActionProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={24} variant="subtle" disabled={disabled} aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
