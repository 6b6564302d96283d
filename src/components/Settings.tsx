// Rows of settings: a name, a slider where one helps, and the value, which can also be typed.

import { Input, SegmentedControl, Slider, Switch } from '@mantine/core';
import { createContext, type ReactNode, useContext, useId, useState } from 'react';
import { setting } from './format.ts';
import { type NumberRule, parseNumber } from './number.ts';
import styles from './Settings.module.css';
import { Term } from './Term.tsx';

interface RowProps {
  readonly name: string;
  /** What the setting does, for those who do not know the word. */
  readonly explain?: string;
}

/** Settings of a running model are shown, and explained, but fixed. */
const Fixed = createContext(false);
export const useFixed = () => useContext(Fixed);

function Name({
  id,
  name,
  explain,
}: {
  readonly id?: string;
  readonly name: string;
  readonly explain?: string | undefined;
}) {
  return (
    <span className={styles.name} id={id}>
      {explain ? <Term explain={explain}>{name}</Term> : name}
    </span>
  );
}

interface NumberSettingProps extends RowProps, NumberRule {
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** Where the slider stops; without stops there is only the field. */
  readonly stops?: readonly number[];
  readonly show?: (value: number) => string;
}

export function NumberSetting(props: NumberSettingProps) {
  const { name, explain, value, onChange, stops, show = setting, min, max, integer } = props;
  const disabled = useFixed();
  // Between one stop and itself nothing slides.
  const slides = stops && stops.length > 1;
  const rule = integer === undefined ? { min, max } : { min, max, integer };
  return (
    <div className={styles.row} data-plain={slides ? undefined : true}>
      <Name name={name} explain={explain} />
      {slides && (
        <Slider
          min={0}
          max={stops.length - 1}
          value={nearest(stops, value)}
          onChange={(index) => onChange(stops[index] ?? value)}
          thumbLabel={name}
          thumbValueText={show(value)}
          disabled={disabled}
        />
      )}
      <NumberField name={name} rule={rule} value={value} onChange={onChange} show={show} />
    </div>
  );
}

function nearest(stops: readonly number[], value: number): number {
  const distances = stops.map((stop) => Math.abs(stop - value));
  return distances.indexOf(Math.min(...distances));
}

interface NumberFieldProps {
  readonly name: string;
  readonly rule: NumberRule;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly show: (value: number) => string;
}

/** The typed text counts when the field is left; what cannot be taken is undone, with the reason. */
function NumberField({ name, rule, value, onChange, show }: NumberFieldProps) {
  const disabled = useFixed();
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const problemId = useId();

  const commit = () => {
    if (typed === null) return;
    setTyped(null);
    const parsed = parseNumber(typed, rule);
    if (parsed.ok) onChange(parsed.value);
    else setProblem(`${parsed.problem} It stays ${show(value)}.`);
  };
  return (
    <>
      <Input
        size="xs"
        className={styles.field}
        classNames={{ input: styles.fieldInput }}
        aria-label={name}
        aria-describedby={problem ? problemId : undefined}
        error={problem !== null}
        inputMode={rule.integer ? 'numeric' : 'decimal'}
        value={typed ?? show(value)}
        disabled={disabled}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setProblem(null);
        }}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setTyped(null);
        }}
      />
      {problem && (
        <p className={styles.problem} id={problemId} role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

interface ChoiceSettingProps<T extends string> extends RowProps {
  readonly value: T | undefined;
  readonly options: readonly (T | { readonly value: T; readonly label: string })[];
  readonly onChange: (value: T) => void;
  /** Over the whole width, below its name. */
  readonly wide?: boolean;
  /** Where a heading says the name already. */
  readonly hideName?: boolean;
}

export function ChoiceSetting<T extends string>(props: ChoiceSettingProps<T>) {
  const { name, explain, value, options, onChange, wide, hideName } = props;
  const disabled = useFixed();
  const data = options.map((option) =>
    typeof option === 'string' ? { value: option, label: option } : { ...option },
  );
  return (
    <div className={styles.choice} data-wide={wide || undefined}>
      {!hideName && <Name name={name} explain={explain} />}
      <SegmentedControl<T | ''>
        fullWidth={wide ?? false}
        size="xs"
        aria-label={name}
        data={data}
        value={value ?? ''}
        onChange={(chosen) => {
          if (chosen !== '') onChange(chosen);
        }}
        disabled={disabled}
      />
    </div>
  );
}

interface SwitchSettingProps extends RowProps {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

export function SwitchSetting({ name, explain, value, onChange }: SwitchSettingProps) {
  const disabled = useFixed();
  return (
    <div className={styles.switch}>
      <Name name={name} explain={explain} />
      <Switch
        aria-label={name}
        checked={value}
        onChange={(event) => onChange(event.currentTarget.checked)}
        disabled={disabled}
      />
    </div>
  );
}

interface SettingsGroupProps {
  readonly title: string;
  readonly fixed?: boolean;
  readonly children: ReactNode;
}

export function SettingsGroup({ title, fixed = false, children }: SettingsGroupProps) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.title}>{title}</legend>
      <Fixed value={fixed}>{children}</Fixed>
    </fieldset>
  );
}
