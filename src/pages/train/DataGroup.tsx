// The data to learn from: files dropped, pasted, chosen or recorded, or what the page makes itself; and how it is read.

import { Button } from '@mantine/core';
import { DropZone } from '../../components/DropZone.tsx';
import { amount, wordsOf } from '../../components/medium.ts';
import { PasteButton } from '../../components/PasteButton.tsx';
import { Refusal } from '../../components/Refusal.tsx';
import { ChoiceSetting, SettingsGroup } from '../../components/Settings.tsx';
import { RecordButton } from '../../components/sound/RecordButton.tsx';
import type { MediumKind } from '../../protocol/index.ts';
import { type DataSlice, openDataset } from '../../state/data.ts';
import { changeReading, openBuiltin, openFiles, refuseFile, stopOpening } from '../../state/data-commands.ts';
import { isActive } from '../../state/run.ts';
import { useWeft } from '../../state/store.ts';
import styles from './DataGroup.module.css';
import { ReadingSettings } from './ReadingSettings.tsx';

const kinds: readonly MediumKind[] = ['text', 'image', 'audio'];
const kindOptions = [
  { value: 'auto', label: 'auto' },
  ...kinds.map((kind) => ({ value: kind, label: wordsOf(kind).name })),
] as const;

export function DataGroup() {
  // A paused run may have to be given its data again before it can go on.
  const fixed = useWeft(({ run }) => isActive(run.status) && run.status.state !== 'paused');
  const data = useWeft((state) => state.data);
  const ready = useWeft((state) => state.engine.state === 'ready');
  const kind = useWeft((state) => state.settings.data.kind);
  const dataset = openDataset(data);
  const open = (files: readonly File[]) => void openFiles(files);
  return (
    <SettingsGroup title="Data" fixed={fixed}>
      <DropZone
        multiple
        onFiles={open}
        onProblem={refuseFile}
        refusal={fixed ? 'A run is under way. Stop it before you open other data.' : null}
      >
        <Zone data={data} fixed={fixed} />
      </DropZone>
      <div className={styles.buttons}>
        <PasteButton onFiles={open} onProblem={refuseFile} disabled={!ready || fixed} />
        <RecordButton onFile={(file) => open([file])} onProblem={refuseFile} disabled={!ready || fixed} />
        {data.state === 'reading' && (
          <Button size="xs" onClick={() => void stopOpening()}>
            Stop reading
          </Button>
        )}
      </div>
      {data.state === 'refused' && <Refusal name={data.name} message={data.error.message} />}
      <div className={styles.builtin}>
        <span id="builtin-data">Built in:</span>
        {kinds.map((each) => (
          <Button
            key={each}
            size="compact-xs"
            disabled={!ready || fixed}
            aria-label={`Use the built-in ${wordsOf(each).name}`}
            onClick={() => void openBuiltin(each)}
          >
            {wordsOf(each).name}
          </Button>
        ))}
      </div>
      <ChoiceSetting
        name="read as"
        explain="What the bytes of the files are taken for. Auto looks at what they hold."
        wide
        value={kind}
        options={kindOptions}
        onChange={(value) => void changeReading({ kind: value })}
      />
      <ReadingSettings kind={kind === 'auto' ? dataset?.medium.kind : kind} medium={dataset?.medium} />
    </SettingsGroup>
  );
}

function Zone({ data, fixed }: { readonly data: DataSlice; readonly fixed: boolean }) {
  const dataset = openDataset(data);
  if (data.state === 'reading') {
    return (
      <>
        <strong>Reading {data.name} …</strong>
        {data.share > 0 && data.share < 1 && `${Math.round(100 * data.share)}%`}
      </>
    );
  }
  if (!dataset) {
    return (
      <>
        <strong>Drop text, pictures or sound</strong>
        one file, many, a folder or a zip; or paste, or choose
      </>
    );
  }
  return (
    <>
      <strong>{dataset.name}</strong>
      {amount(dataset.sizeBytes, dataset.medium)}
      {!fixed && ' · drop something else here'}
    </>
  );
}
