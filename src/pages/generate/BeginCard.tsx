// What the samples begin with: typed words, or the first part of an item of the person's own, which can also be
// measured as it is.

import { Button, Textarea } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { DropZone } from '../../components/DropZone.tsx';
import { count } from '../../components/format.ts';
import { SketchPad } from '../../components/picture/SketchPad.tsx';
import { Refusal } from '../../components/Refusal.tsx';
import { SettingsGroup } from '../../components/Settings.tsx';
import { RecordButton } from '../../components/sound/RecordButton.tsx';
import { sameMedium } from '../../data/medium.ts';
import type { Medium } from '../../protocol/index.ts';
import { changeSettings } from '../../state/commands.ts';
import { refuseFile } from '../../state/data-commands.ts';
import { finishDrawing, removeUpload, uploadItem } from '../../state/generate-commands.ts';
import { promptFor } from '../../state/request.ts';
import { useWeft } from '../../state/store.ts';
import styles from './BeginCard.module.css';
import { UploadedItem } from './UploadedItem.tsx';

interface BeginCardProps {
  readonly medium: Medium;
  readonly contextLength: number;
}

const OFFERS = {
  text: 'or drop a text to go on from',
  image: 'Drop a picture to complete',
  audio: 'Drop a sound to go on from',
} as const;

export function BeginCard({ medium, contextLength }: BeginCardProps) {
  const upload = useWeft((state) => state.upload);
  const ready = useWeft((state) => state.engine.state === 'ready');
  const fits = upload.state === 'ready' && sameMedium(upload.medium, medium);
  return (
    <Card>
      <SettingsGroup title="Begin with">
        {medium.kind === 'text' && !fits && <Words />}
        {fits ? (
          <UploadedItem upload={upload} />
        ) : (
          <DropZone
            onFiles={([file]) => file && void uploadItem(file)}
            onProblem={refuseFile}
            refusal={ready ? null : 'The engine is not ready yet. Try again in a moment.'}
          >
            {upload.state === 'reading' ? `Reading ${upload.name} …` : OFFERS[medium.kind]}
          </DropZone>
        )}
        {medium.kind === 'image' && !fits && <Drawing medium={medium} />}
        {medium.kind === 'audio' && !fits && (
          <div className={styles.buttons}>
            <RecordButton onFile={(file) => void uploadItem(file)} onProblem={refuseFile} disabled={!ready} />
          </div>
        )}
        {upload.state === 'ready' && !fits && (
          <p className={styles.note}>
            {upload.name} was read for another model. Open it again for this one.{' '}
            <Button size="compact-xs" onClick={removeUpload}>
              Remove
            </Button>
          </p>
        )}
        {upload.state === 'refused' && <Refusal name={upload.name} message={upload.error.message} />}
        <Note medium={medium} contextLength={contextLength} />
      </SettingsGroup>
    </Card>
  );
}

/** A beginning that is drawn here. */
function Drawing({ medium }: { readonly medium: Extract<Medium, { kind: 'image' }> }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <div className={styles.buttons}>
        <Button size="xs" leftSection={<IconPencil size={14} />} onClick={() => setOpen(true)}>
          Draw
        </Button>
      </div>
    );
  }
  return (
    <SketchPad
      medium={medium}
      onDone={(bytes, rows) => void finishDrawing(bytes, rows, medium)}
      onCancel={() => setOpen(false)}
    />
  );
}

function Words() {
  const request = useWeft((state) => state.settings.generate);
  return (
    <Textarea
      aria-label="Begin with"
      placeholder="Nothing, or a few words"
      autosize
      minRows={2}
      maxRows={6}
      value={request.prompt}
      onChange={(event) => changeSettings({ generate: { ...request, prompt: event.currentTarget.value } })}
      classNames={{ input: styles.prompt }}
    />
  );
}

/** The beginning's size in bytes, and what of it the model cannot see. */
function Note({ medium, contextLength }: BeginCardProps) {
  const size = useWeft(({ settings, upload }) => promptFor(settings.generate, medium, upload).length);
  if (size === 0 || medium.kind === 'image') return null;
  return (
    <p className={styles.note}>
      {count(size)} bytes
      {size >= contextLength &&
        `; the model sees ${count(contextLength)} at once, so only the last ${count(contextLength / 2)} count`}
    </p>
  );
}
