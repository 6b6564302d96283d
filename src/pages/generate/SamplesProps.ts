import type { Writing } from '../../state/generation.ts';
import type { View } from './view.ts';

/** What is to be shown of the samples, of whatever medium. */
export interface SamplesProps {
  readonly writing: Writing;
  /** Still being made. */
  readonly busy: boolean;
  /** Surprise of the samples that are measured, where it is to be shown. */
  readonly bits: readonly Float32Array[];
  readonly view: View;
}
