// Beginning, following and ending the guided tour.

import { changeSettings } from './commands.ts';
import { useWeft } from './store.ts';

export function startTour(): void {
  goToTourStep(0);
}

export function goToTourStep(step: number): void {
  useWeft.setState({ tour: { step } });
}

/** Ends the tour, wherever it is; it is not offered in words again. */
export function endTour(): void {
  useWeft.setState({ tour: { step: null } });
  changeSettings({ tour: { seen: true } });
}
