// The guided tour: a card that stays in its corner while the pages behind it change, and a ring around what it speaks
// of. The page stays usable; the card keeps the focus, and every key that it needs.

import { Button, CloseButton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { PaperLink } from '../../components/Page.tsx';
import { useWeft } from '../../state/store.ts';
import { endTour, goToTourStep } from '../../state/tour-commands.ts';
import { Ring } from './Ring.tsx';
import { STEPS } from './steps.ts';
import styles from './Tour.module.css';

export function Tour() {
  const at = useWeft((state) => state.tour.step);
  const step = at === null ? undefined : STEPS[at];
  return at !== null && step ? <TourCard at={at} /> : null;
}

function TourCard({ at }: { readonly at: number }) {
  const step = STEPS[at];
  const [, navigate] = useLocation();
  const title = useRef<HTMLHeadingElement>(null);
  const card = useRef<HTMLElement>(null);
  const address = step?.address;

  useFocusBack();
  useEffect(() => {
    if (address === undefined) return;
    navigate(address);
    // A page that is open already reads its settings from the address when it is told that this has changed.
    window.dispatchEvent(new PopStateEvent('popstate'));
    title.current?.focus({ preventScroll: true });
  }, [address, navigate]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isHere = card.current?.contains(event.target as Node);
      // Elsewhere Escape closes a menu, or takes back what was typed; where nothing has the focus, it is the tour's.
      if (event.key === 'Escape' && (isHere || event.target === document.body)) endTour();
      if (!isHere) return;
      if (event.key === 'ArrowRight') goToTourStep(Math.min(at + 1, STEPS.length - 1));
      if (event.key === 'ArrowLeft') goToTourStep(Math.max(at - 1, 0));
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [at]);

  if (!step) return null;
  const last = at === STEPS.length - 1;
  return (
    <>
      <Ring key={at} heading={step.heading} card={card} />
      <section ref={card} className={styles.card} role="dialog" aria-labelledby="tour-title">
        <div className={styles.head}>
          <h2 id="tour-title" ref={title} tabIndex={-1} className={styles.title}>
            {step.title}
          </h2>
          <CloseButton size="sm" aria-label="End the tour" onClick={endTour} />
        </div>
        <p className={styles.words}>
          {step.words} <PaperLink section={step.section} />
        </p>
        <div className={styles.foot}>
          <span className={styles.count}>
            {at + 1} of {STEPS.length}
          </span>
          {at > 0 && <Button onClick={() => goToTourStep(at - 1)}>Back</Button>}
          <Button variant="filled" onClick={() => (last ? endTour() : goToTourStep(at + 1))}>
            {last ? 'Done' : 'Next'}
          </Button>
        </div>
      </section>
    </>
  );
}

/** When the tour ends, the focus returns to where it was begun, or to the page if that is gone. */
function useFocusBack(): void {
  const begun = useRef(document.activeElement);
  useEffect(() => {
    const from = begun.current;
    return () => {
      const back = from instanceof HTMLElement && from.isConnected ? from : document.getElementById('main');
      back?.focus({ preventScroll: true });
    };
  }, []);
}
