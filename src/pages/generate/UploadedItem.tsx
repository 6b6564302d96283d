// An item of the person's own: how much of it the samples begin with, and what of it surprises the model.

import { Button } from '@mantine/core';
import { ByteText } from '../../components/ByteText.tsx';
import { PictureCanvas } from '../../components/picture/PictureCanvas.tsx';
import { NumberSetting } from '../../components/Settings.tsx';
import { Sound } from '../../components/sound/Sound.tsx';
import { itemBytes } from '../../data/medium.ts';
import { keepOfUpload, measureUpload, removeUpload } from '../../state/generate-commands.ts';
import { useWeft } from '../../state/store.ts';
import { keptBytes, type UploadSlice } from '../../state/upload.ts';
import styles from './BeginCard.module.css';

type Ready = Extract<UploadSlice, { state: 'ready' }>;

const decoder = new TextDecoder();

export function UploadedItem({ upload }: { readonly upload: Ready }) {
  const { name, bytes, medium, keep } = upload;
  const busy = useWeft(
    ({ generation, surprise }) => generation.state === 'writing' || surprise.state === 'measuring',
  );
  const kept = bytes.subarray(0, keptBytes(bytes.length, keep, medium));
  return (
    <>
      {medium.kind === 'image' ? (
        <div className={styles.pair}>
          <PictureCanvas
            bytes={kept}
            medium={medium}
            label={`The kept part of ${name}: ${Math.round((100 * kept.length) / itemBytes(medium))}%`}
          />
          <p className={styles.words}>{name}</p>
        </div>
      ) : (
        <p className={styles.words}>{name}</p>
      )}
      {medium.kind === 'audio' && (
        <Sound bytes={kept} rateHz={medium.rateHz} size="small" name="the kept part" />
      )}
      {medium.kind === 'text' && (
        <div className={styles.excerpt}>
          <ByteText text={decoder.decode(kept.subarray(-600))} />
        </div>
      )}
      <NumberSetting
        name="keep"
        explain="How much of it stays, from the beginning; the model makes what follows."
        value={Math.round(100 * keep)}
        min={0}
        max={100}
        integer
        show={(value) => `${value}%`}
        stops={[0, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100]}
        onChange={(value) => keepOfUpload(value / 100)}
      />
      <div className={styles.buttons}>
        <Button size="xs" disabled={busy} onClick={() => void measureUpload()}>
          Measure its surprise
        </Button>
        <Button size="xs" onClick={removeUpload}>
          Remove
        </Button>
      </div>
    </>
  );
}
