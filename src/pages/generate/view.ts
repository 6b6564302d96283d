/** How a person looks at what is made. */
export interface View {
  readonly colour: 'value' | 'surprise';
  /** Whether a sound plays while it is made. */
  readonly playsAsItComes: boolean;
}
