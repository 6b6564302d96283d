// Models that come with the page: trained before (docs/MODELS.md says how), and kept beside it as files.

import type { MediumKind, ModelInfo } from '../protocol/index.ts';

export interface ReadyMade {
  /** Its file is `/models/ID.safetensors`. */
  readonly id: string;
  readonly kind: MediumKind;
  readonly name: string;
  /** What it makes, as a sentence. */
  readonly about: string;
  readonly sizeBytes: number;
}

export const readyMade: readonly ReadyMade[] = [
  {
    id: 'digits',
    kind: 'image',
    name: 'Handwritten digits',
    about: 'Paints digits as people write them, and finishes those that you begin.',
    sizeBytes: 5_565_736,
  },
  {
    id: 'letters',
    kind: 'text',
    name: 'Village letters',
    about: 'Writes letters between the people of a village. Their sums are often wrong.',
    sizeBytes: 374_112,
  },
];

/** The one that a newcomer sees at work. */
export const firstModel = readyMade[0];

export const addressOf = ({ id }: ReadyMade): string => `/models/${id}.safetensors`;

/** Whether a model is one of these, as it came. */
export const isReadyMade = (model: ModelInfo): boolean =>
  readyMade.some(({ kind, name }) => kind === model.medium.kind && name === model.name);
