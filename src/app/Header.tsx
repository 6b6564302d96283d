// The header: the mark, what the engine computes on, the promise, the running run, the theme.

import { Popover, UnstyledButton } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Mark } from '../components/Mark.tsx';
import { EngineBadge } from './EngineBadge.tsx';
import styles from './Header.module.css';
import { PreferencesMenu } from './PreferencesMenu.tsx';
import { RunPill } from './RunPill.tsx';
import { TourButton } from './TourButton.tsx';

export function Header() {
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.name}>
        <Mark />
        Weft
      </Link>
      <div className={styles.left}>
        <EngineBadge />
        <PrivacyPromise />
      </div>
      <div className={styles.right}>
        <RunPill />
        <TourButton />
        <PreferencesMenu />
      </div>
    </header>
  );
}

function PrivacyPromise() {
  return (
    <Popover>
      <Popover.Target>
        <UnstyledButton
          className={`${styles.pill} ${styles.promise}`}
          aria-label="Nothing leaves this computer"
        >
          <IconShieldCheck size={15} stroke={1.7} aria-hidden="true" />
          <span>Nothing leaves this computer</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <p>
          Training and generation run on this device. The page fetches its own files, such as the models that
          come with it, and sends nothing: no uploads, no analytics, no error reports. Its headers forbid it.
        </p>
        <p className={styles.small}>
          Your runs stay in this browser’s storage until you delete them or the browser clears them. To be
          sure of one, save its weights as a file.
        </p>
      </Popover.Dropdown>
    </Popover>
  );
}
