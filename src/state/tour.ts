// The guided tour: which step is shown, while it is shown.

export interface TourSlice {
  /** From 0; null while there is no tour. */
  readonly step: number | null;
}

export const initialTour: TourSlice = { step: null };
