// Many small pictures side by side, as a model sees them.

import { numbered } from '../numbered.ts';
import { PictureCanvas } from './PictureCanvas.tsx';
import styles from './PictureSheet.module.css';
import { type ImageMedium, pictures } from './paint.ts';

interface PictureSheetProps {
  /** Pictures one after another. */
  readonly bytes: Uint8Array;
  readonly medium: ImageMedium;
  /** Pixels of the screen that a picture is wide at least. */
  readonly side?: number;
  readonly label: string;
}

export function PictureSheet({ bytes, medium, side = 44, label }: PictureSheetProps) {
  return (
    <div
      className={styles.sheet}
      style={{ '--side': `${side}px` } as React.CSSProperties}
      role="img"
      aria-label={label}
    >
      {numbered(pictures(bytes, medium)).map(({ key, item: picture }) => (
        <PictureCanvas key={key} bytes={picture} medium={medium} />
      ))}
    </div>
  );
}
