// Everything that can be chosen: a preset, the pattern and its form, the second pattern, sizes, and how it is shown.

import { NativeSelect } from '@mantine/core';
import { memo } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { ChoiceSetting, NumberSetting, SettingsGroup } from '../../components/Settings.tsx';
import { formOptions, patternOptions, withForm, withPattern } from './choices.ts';
import { LayersField } from './LayersField.tsx';
import styles from './PatternsPage.module.css';
import { PRESETS, presetOf } from './presets.ts';
import { LIMITS, type Medium, type PatternSettings } from './settings.ts';
import { usedFactors } from './shown.ts';
import type { Change } from './usePatternSettings.ts';

interface SettingsCardProps {
  readonly settings: PatternSettings;
  readonly onChange: Change;
  readonly onReplace: (settings: PatternSettings) => void;
}

const powers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => 2 ** (from + index));

const media: readonly Medium[] = ['picture', 'text', 'sound'];

export const SettingsCard = memo(function SettingsCard({ settings, onChange, onReplace }: SettingsCardProps) {
  return (
    <Card title="Pattern" className={styles.settings}>
      <PresetField settings={settings} onReplace={onReplace} />
      <PatternGroup settings={settings} onChange={onChange} />
      <SizeGroup settings={settings} onChange={onChange} />
      <SettingsGroup title="Shown">
        {settings.layers.length > 1 && (
          <ChoiceSetting
            name="Layer"
            wide
            value={settings.layer === null ? 'all' : String(settings.layer + 1)}
            options={['all', ...settings.layers.slice(0, 8).map((_, index) => String(index + 1))]}
            onChange={(layer) => onChange({ layer: layer === 'all' ? null : Number(layer) - 1 })}
          />
        )}
        {settings.nHead > 1 && (
          <NumberSetting
            name="head"
            explain="Which head is drawn: 0 for all of them laid over each other."
            value={settings.head === null ? 0 : settings.head + 1}
            min={0}
            max={settings.nHead}
            integer
            stops={Array.from({ length: settings.nHead + 1 }, (_, index) => index)}
            show={(head) => (head === 0 ? 'all' : String(head))}
            onChange={(head) => onChange({ head: head === 0 ? null : head - 1 })}
          />
        )}
        <ChoiceSetting
          name="On a"
          value={settings.medium}
          options={media}
          onChange={(medium) => onChange({ medium })}
        />
        {settings.medium === 'picture' && (
          <NumberSetting
            name="row"
            explain="Positions in a row of the picture. With rows as long as the stride, a column of the picture is a column of the pattern."
            value={settings.row}
            min={1}
            max={settings.length}
            integer
            onChange={(row) => onChange({ row })}
          />
        )}
      </SettingsGroup>
    </Card>
  );
});

function PresetField({ settings, onReplace }: Omit<SettingsCardProps, 'onChange'>) {
  const preset = presetOf(settings);
  const groups = [...new Set(PRESETS.map(({ group }) => group))].map((group) => ({
    group,
    items: PRESETS.filter((one) => one.group === group).map(({ id, name }) => ({ value: id, label: name })),
  }));
  return (
    <div className={styles.preset}>
      <NativeSelect
        size="xs"
        label="Preset"
        value={preset?.id ?? ''}
        data={preset ? groups : [{ value: '', label: 'your own' }, ...groups]}
        onChange={(event) => {
          const chosen = PRESETS.find(({ id }) => id === event.currentTarget.value);
          if (chosen) onReplace(chosen.settings);
        }}
      />
      {preset && <p className={styles.dim}>{preset.words}</p>}
    </div>
  );
}

function PatternGroup({ settings, onChange }: Omit<SettingsCardProps, 'onReplace'>) {
  const { layers, beside, nHead } = settings;
  const { pattern, form } = patternOptions(layers);
  const forms = formOptions(layers);
  return (
    <SettingsGroup title="Attention">
      <ChoiceSetting
        name="Pattern"
        hideName
        wide
        value={pattern}
        options={['dense', 'local', 'strided', 'fixed']}
        onChange={(chosen) => onChange({ layers: withPattern(chosen, form) })}
      />
      {forms.length > 1 && (
        <ChoiceSetting
          name="Form"
          explain="Interleaved: layers take one factor in turn. Merged: each head sees all factors at once. Multi-head: heads take them in turn (section 5.1)."
          wide
          value={form}
          options={forms}
          onChange={(chosen) => {
            const heads = chosen === 'multiHead' ? Math.max(2, nHead) : nHead;
            onChange({ layers: withForm(layers, chosen), nHead: heads });
          }}
        />
      )}
      <LayersField layers={layers} onChange={(next) => onChange({ layers: next })} />
      <ChoiceSetting
        name="Beside it"
        wide
        value={beside ? patternOptions(beside).pattern : 'none'}
        options={['none', 'dense', 'local', 'strided', 'fixed']}
        onChange={(chosen) => onChange({ beside: chosen === 'none' ? null : withPattern(chosen, form) })}
      />
    </SettingsGroup>
  );
}

function SizeGroup({ settings, onChange }: Omit<SettingsCardProps, 'onReplace'>) {
  const { length, stride, summaryCells, dilation, nHead, layers, beside, query } = settings;
  const used = usedFactors(layers, beside);
  return (
    <SettingsGroup title="Sizes">
      <NumberSetting
        name="length"
        explain="Positions in the sequence: the paper’s n."
        value={length}
        min={LIMITS.length[0]}
        max={LIMITS.length[1]}
        integer
        stops={powers(4, 20)}
        show={count}
        onChange={(next) => onChange({ length: next })}
      />
      {used.some((factor) => !['dense', 'sink'].includes(factor)) && (
        <NumberSetting
          name="stride"
          explain="The paper’s l: the local window, the distance between the keys of a column, the length of a block. Best near the square root of the length."
          value={stride}
          min={1}
          max={LIMITS.stride[1]}
          integer
          stops={powers(0, 12)}
          show={count}
          onChange={(next) => onChange({ stride: next })}
        />
      )}
      {(used.includes('summary') || used.includes('sink')) && (
        <NumberSetting
          name={used.includes('summary') ? 'summary' : 'sinks'}
          explain="The paper’s c: cells at the end of each block that all later positions see. Sinks: so many positions at the start of the sequence."
          value={summaryCells}
          min={1}
          max={stride}
          integer
          stops={powers(0, 8).filter((cells) => cells <= stride)}
          onChange={(next) => onChange({ summaryCells: next })}
        />
      )}
      {used.includes('dilated') && (
        <NumberSetting
          name="gap"
          explain="Distance between the keys of the dilated window; it has as many keys as the stride says."
          value={dilation}
          min={1}
          max={LIMITS.dilation[1]}
          integer
          stops={powers(0, 8)}
          onChange={(next) => onChange({ dilation: next })}
        />
      )}
      <NumberSetting
        name="heads"
        explain="Heads of a layer. With several, the heads of a summary factor read different cells of each block."
        value={nHead}
        min={LIMITS.heads[0]}
        max={LIMITS.heads[1]}
        integer
        stops={powers(0, 6)}
        onChange={(next) => onChange({ nHead: next })}
      />
      <NumberSetting
        name="position"
        explain="The position whose keys and reach are shown. In a matrix: click a row, or use the arrow keys."
        value={query}
        min={0}
        max={length - 1}
        integer
        show={count}
        onChange={(next) => onChange({ query: next })}
      />
    </SettingsGroup>
  );
}
