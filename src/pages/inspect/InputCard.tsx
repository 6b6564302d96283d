// What the model is looked into on: held-out data, one window or the mean of many; what was typed or pasted; a file; or
// what the model itself wrote.

import { Button, FileButton, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { count } from '../../components/format.ts';
import { ChoiceSetting, NumberSetting } from '../../components/Settings.tsx';
import type { InspectInput, ModelInfo } from '../../protocol/index.ts';
import { type Inspected, type InspectSlice, inspected } from '../../state/inspect.ts';
import { inspect, readItem, stopInspecting } from '../../state/looking.ts';
import styles from './InputCard.module.css';
import { type Longer, useLonger } from './useLonger.ts';

type Source = 'held out' | 'mean' | 'typed' | 'file' | 'written';

interface InputCardProps {
  readonly model: ModelInfo;
  readonly slice: InspectSlice;
  /** What the model wrote last; empty where it wrote nothing. */
  readonly written: Uint8Array;
}

export function InputCard({ model, slice, written }: InputCardProps) {
  const seen = inspected(slice);
  const [chosen, setChosen] = useState<Source | null>(null);
  const { contextLength } = model.config;
  const longer = useLonger(contextLength);
  const text = model.medium.kind === 'text';
  const source = chosen ?? sourceOf(slice.state === 'looking' ? slice.input : seen?.input, written, text);
  const options: Source[] = ['held out', 'mean', ...(text ? (['typed'] as const) : []), 'file', 'written'];
  const choose = (next: Source) => {
    setChosen(next);
    if (next === 'held out') void inspect({ kind: 'heldOut', window: 0 });
    if (next === 'mean') void inspect({ kind: 'average', windows: 32 });
    if (next === 'written' && written.length > 0) longer.show(written, 'last');
  };
  return (
    <Card title="Input">
      <ChoiceSetting<Source>
        name="input"
        hideName
        wide
        value={source}
        options={options.filter((option) => option !== 'written' || written.length > 0)}
        onChange={choose}
      />
      {source === 'held out' && <HeldOut seen={seen} />}
      {source === 'mean' && <Mean seen={seen} />}
      {source === 'typed' && <Typed longer={longer} contextLength={contextLength} />}
      {source === 'file' && <FromFile model={model} longer={longer} />}
      {source === 'written' && <Windows longer={longer} />}
      <Looking slice={slice} />
    </Card>
  );
}

/** Where an input that nobody chose here has come from. */
function sourceOf(input: InspectInput | undefined, written: Uint8Array, text: boolean): Source {
  if (input?.kind === 'heldOut') return 'held out';
  if (input?.kind === 'average') return 'mean';
  if (written.length > 0 && (!input || endsWith(written, input.bytes))) return 'written';
  return text ? 'typed' : 'file';
}

function endsWith(whole: Uint8Array, end: Uint8Array): boolean {
  const before = whole.length - end.length;
  return before >= 0 && end.every((byte, at) => byte === whole[before + at]);
}

function HeldOut({ seen }: { readonly seen: Inspected | null }) {
  const input = seen?.input;
  const windows = seen?.inspection.heldOutWindows ?? 0;
  if (windows === 0) {
    return (
      <p className={styles.note}>
        Data that the model never learnt from. It is at hand while its file is open on the Train page.
      </p>
    );
  }
  return (
    <>
      <NumberSetting
        name="window"
        explain="The held-out data, in stretches as long as the model sees at once."
        value={input?.kind === 'heldOut' ? input.window + 1 : 1}
        min={1}
        max={windows}
        integer
        show={count}
        onChange={(window) => void inspect({ kind: 'heldOut', window: window - 1 })}
      />
      <p className={styles.note}>of {count(windows)} windows that the model never learnt from</p>
    </>
  );
}

const means = [1, 2, 4, 8, 16, 32, 64, 128, 256];

function Mean({ seen }: { readonly seen: Inspected | null }) {
  const input = seen?.input;
  const all = seen?.inspection.heldOutWindows ?? 0;
  const fewer = input?.kind === 'average' && all > 0 && all < input.windows;
  return (
    <>
      <NumberSetting
        name="windows"
        explain="What a head does on average shows its habit; on one text, its choice."
        value={input?.kind === 'average' ? input.windows : 32}
        min={1}
        max={256}
        integer
        show={count}
        stops={means}
        onChange={(windows) => void inspect({ kind: 'average', windows })}
      />
      <p className={styles.note}>
        {fewer
          ? `The mean over all held-out windows: the data has ${count(all)}.`
          : 'The mean over held-out windows, spread evenly over the data.'}
      </p>
    </>
  );
}

function Typed({ longer, contextLength }: { readonly longer: Longer; readonly contextLength: number }) {
  const [typed, setTyped] = useState('');
  return (
    <>
      <Textarea
        aria-label="Text to look at"
        placeholder="Type or paste some text"
        autosize
        minRows={3}
        maxRows={8}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          longer.showSoon(new TextEncoder().encode(event.currentTarget.value));
        }}
        classNames={{ input: styles.typed }}
      />
      <p className={styles.note}>
        The model sees {count(contextLength)} bytes at once. In plain English a letter is one byte.
      </p>
      <Windows longer={longer} />
    </>
  );
}

const accepted = { text: 'text/*,.md,.gz', image: 'image/*', audio: 'audio/*' };

function FromFile({ model, longer }: { readonly model: ModelInfo; readonly longer: Longer }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState<string | null>(null);
  const open = async (file: File) => {
    const read = await readItem(file, model.medium);
    setProblem(read.ok ? null : read.error.message);
    setName(file.name);
    if (read.ok) longer.show(read.value, 'first');
  };
  return (
    <>
      <FileButton accept={accepted[model.medium.kind]} onChange={(file) => file && void open(file)}>
        {(props) => <Button {...props}>Open a file</Button>}
      </FileButton>
      {problem ? (
        <p className={styles.problem} role="alert">
          <strong>{name}</strong> {problem}
        </p>
      ) : (
        name && <p className={styles.note}>{name}</p>
      )}
      <Windows longer={longer} />
    </>
  );
}

/** Goes through an input that is longer than what the model sees at once. */
function Windows({ longer }: { readonly longer: Longer }) {
  if (longer.windows < 2) return null;
  return (
    <>
      <NumberSetting
        name="window"
        explain="A longer input is looked at in stretches as long as the model sees at once."
        value={longer.window + 1}
        min={1}
        max={longer.windows}
        integer
        show={count}
        onChange={(window) => longer.go(window - 1)}
      />
      <p className={styles.note}>of {count(longer.windows)} windows</p>
    </>
  );
}

function Looking({ slice }: { readonly slice: InspectSlice }) {
  if (slice.state === 'failed') {
    return (
      <p className={styles.problem} role="alert">
        {slice.error.message}
      </p>
    );
  }
  if (slice.state !== 'looking') return null;
  return (
    <div className={styles.looking}>
      <progress max={1} value={slice.share} aria-label="Looking" />
      <span>Looking, {Math.round(100 * slice.share)}%</span>
      <Button size="compact-xs" onClick={() => void stopInspecting()}>
        Stop
      </Button>
    </div>
  );
}
