// The settings of the page, kept in its address: opening a link reads them, changing them rewrites it.

import { useCallback, useEffect, useState } from 'react';
import { fromAddress, toAddress } from './address.ts';
import { changed, INITIAL, type PatternSettings } from './settings.ts';

/** What was shown last, for whoever comes back from another page without a link. */
let remembered = '';
/** Browsers refuse to have an address rewritten too often. */
const WRITE_AFTER_MS = 250;

export type Change = (change: Partial<PatternSettings>) => void;

interface SettingsOfPage {
  readonly settings: PatternSettings;
  /** What of the address could not be taken, in sentences. */
  readonly ignored: readonly string[];
  readonly change: Change;
  readonly replace: (settings: PatternSettings) => void;
  readonly forget: () => void;
}

export function usePatternSettings(): SettingsOfPage {
  const [state, setState] = useState(() => fromAddress(location.search || remembered));
  const { settings, ignored } = state;

  const replace = useCallback((next: PatternSettings) => setState({ settings: next, ignored: [] }), []);
  const change = useCallback(
    (part: Partial<PatternSettings>) =>
      setState((before) => ({ settings: changed(before.settings, part), ignored: [] })),
    [],
  );
  const forget = useCallback(() => setState((before) => ({ ...before, ignored: [] })), []);

  useEffect(() => {
    const back = () => setState(fromAddress(location.search));
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, []);

  useEffect(() => {
    // What could not be taken stays readable in the address until something is changed.
    if (ignored.length > 0) return;
    remembered = `?${toAddress(settings)}`;
    const timer = setTimeout(() => {
      // An address without settings says the same as long as nothing was changed.
      const said = location.search === '' ? `?${toAddress(INITIAL)}` : location.search;
      if (said !== remembered) history.replaceState(history.state, '', remembered);
    }, WRITE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [settings, ignored]);

  return { settings, ignored, change, replace, forget };
}

/** The address that shows the same to somebody else. */
export function linkOf(settings: PatternSettings): string {
  return `${location.origin}${location.pathname}?${toAddress(settings)}`;
}
