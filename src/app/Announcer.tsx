// Tells screen readers what happens elsewhere on the page: politely, and at most once in ten seconds.

import { VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useWeft, type WeftState } from '../state/store.ts';
import { announcementOf } from './announcements.ts';
import { Pacer } from './pacer.ts';

export function Announcer() {
  const [words, setWords] = useState('');
  useEffect(() => {
    const pacer = new Pacer(setWords);
    const stop = useWeft.subscribe((now: WeftState, before: WeftState) => {
      const next = announcementOf(now, before);
      if (next) pacer.say(next);
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
