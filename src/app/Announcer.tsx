// Tells screen readers what happens elsewhere on the page: politely, and at most once in ten seconds.

import { VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useWeft, type WeftState } from '../state/store.ts';
import { announcementOf } from './announcements.ts';
import { Pacer } from './pacer.ts';

/** The page shows within so long what its state has become. */
const SHOWN_MS = 100;

export function Announcer() {
  const [words, setWords] = useState('');
  useEffect(() => {
    const pacer = new Pacer(setWords);
    const stop = useWeft.subscribe((now: WeftState, before: WeftState) => {
      const next = announcementOf(now, before);
      // Once the page shows it: what stands in an alert there is read already.
      if (next) setTimeout(() => !isAlerted(next) && pacer.say(next), SHOWN_MS);
    });
    return () => {
      stop();
      pacer.stop();
    };
  }, []);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {words}
    </VisuallyHidden>
  );
}

const isAlerted = (words: string) =>
  [...document.querySelectorAll('[role="alert"]')].some(({ textContent }) => textContent.includes(words));
