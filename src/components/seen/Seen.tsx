// What one byte looked at, drawn on what the bytes are: on letters, on pixels, on the waveform.

import type { Medium } from '../../data/medium.ts';
import { SeenPicture } from './SeenPicture.tsx';
import { SeenSound } from './SeenSound.tsx';
import { type SeenProps, SeenText } from './SeenText.tsx';

export function Seen({ medium, ...props }: SeenProps & { readonly medium: Medium }) {
  switch (medium.kind) {
    case 'text':
      return <SeenText {...props} />;
    case 'image':
      return <SeenPicture medium={medium} {...props} />;
    case 'audio':
      return <SeenSound medium={medium} {...props} />;
  }
}
