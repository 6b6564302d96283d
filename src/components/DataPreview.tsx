// The first bytes of some data, as the model will see them: a page of text, a sheet of pictures, a sound to hear.

import { itemBytes, type Medium } from '../data/medium.ts';
import { previewText } from '../data/text.ts';
import { ByteText } from './ByteText.tsx';
import styles from './DataPreview.module.css';
import { count } from './format.ts';
import { PictureSheet } from './picture/PictureSheet.tsx';
import { Sound } from './sound/Sound.tsx';

interface DataPreviewProps {
  readonly bytes: Uint8Array;
  readonly medium: Medium;
}

export function DataPreview({ bytes, medium }: DataPreviewProps) {
  if (medium.kind === 'text') {
    return (
      <div className={styles.text}>
        <ByteText text={previewText(bytes)} />
      </div>
    );
  }
  if (medium.kind === 'image') {
    const pictures = bytes.length / itemBytes(medium);
    const what = pictures === 1 ? 'The picture' : `The first ${count(pictures)} pictures`;
    const label = `${what}, ${medium.width} by ${medium.height} pixels each`;
    return <PictureSheet bytes={bytes} medium={medium} label={label} />;
  }
  return (
    <div className={styles.sound}>
      <Sound bytes={bytes} rateHz={medium.rateHz} name="the beginning" />
    </div>
  );
}
