// Begins the guided tour; in words until it has been seen once.

import { UnstyledButton } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useWeft } from '../state/store.ts';
import { startTour } from '../state/tour-commands.ts';
import styles from './Header.module.css';

export function TourButton() {
  const seen = useWeft((state) => state.settings.tour.seen);
  return (
    <UnstyledButton
      className={`${styles.pill} ${styles.tour}`}
      data-seen={seen || undefined}
      aria-label="Take the tour"
      title="Take the tour"
      onClick={startTour}
    >
      <IconRoute size={15} stroke={1.7} aria-hidden="true" />
      <span>Take the tour</span>
    </UnstyledButton>
  );
}
