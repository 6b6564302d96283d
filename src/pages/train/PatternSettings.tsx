// Which earlier positions a position may look at: the pattern, how its two factors share the work, and its sizes.

import { attentionWords } from '../../components/attentionWords.ts';
import { ChoiceSetting, NumberSetting, SettingsGroup } from '../../components/Settings.tsx';
import type { Form, Pattern } from '../../patterns/index.ts';
import type { RunConfig } from '../../protocol/index.ts';
import { patternChoice, withModel, withPattern, withStride } from '../../state/draft.ts';
import styles from './SettingsCard.module.css';

interface PatternSettingsProps {
  readonly run: RunConfig;
  readonly fixed: boolean;
  readonly onChange: (run: RunConfig) => void;
}

const patterns: readonly Pattern[] = ['dense', 'local', 'strided', 'fixed'];
const forms: readonly { value: Form; label: string }[] = [
  { value: 'interleaved', label: 'interleaved' },
  { value: 'merged', label: 'merged' },
  { value: 'multiHead', label: 'multi-head' },
];

const strideWords = { dense: '', local: 'window', strided: 'stride', fixed: 'block' };
const strideExplained = {
  dense: '',
  local: 'How many of the last positions each position sees.',
  strided:
    'A position sees this many before it, and then every one at a multiple of this distance. Best near the square root of the context.',
  fixed:
    'The text is cut into blocks of this length; a position sees its own block so far, and a summary of each earlier one.',
};

export function PatternSettings({ run, fixed, onChange }: PatternSettingsProps) {
  const { pattern, form } = patternChoice(run);
  const { attention } = run.model;
  return (
    <SettingsGroup title="Pattern" fixed={fixed}>
      <ChoiceSetting
        name="Pattern"
        hideName
        wide
        value={pattern}
        options={patterns}
        onChange={(chosen) => onChange(withPattern(run, chosen, form))}
      />
      {!pattern && <p className={styles.mixture}>{attentionWords(attention)}, from the Patterns page</p>}
      {(pattern === 'strided' || pattern === 'fixed') && (
        <ChoiceSetting
          name="Form"
          hideName
          wide
          value={form}
          options={forms}
          onChange={(chosen) => onChange(withPattern(run, pattern, chosen))}
        />
      )}
      {pattern && pattern !== 'dense' && (
        <NumberSetting
          name={strideWords[pattern]}
          explain={strideExplained[pattern]}
          value={attention.stride}
          min={1}
          max={2 ** 20}
          integer
          stops={[4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]}
          onChange={(stride) => onChange(withStride(run, stride))}
        />
      )}
      {pattern === 'fixed' && (
        <NumberSetting
          name="summary"
          explain="Cells at the end of each block that all later positions can see. In the paper, c."
          value={attention.summaryCells}
          min={1}
          max={attention.stride}
          integer
          stops={[1, 2, 4, 8, 16, 32, 64].filter((cells) => cells <= attention.stride)}
          onChange={(summaryCells) => onChange(withModel(run, { attention: { ...attention, summaryCells } }))}
        />
      )}
    </SettingsGroup>
  );
}
