// The frame: header, navigation, and the page that the address names. Pages such as
// src/pages/train/TrainPage.tsx are listed in routes.ts.

import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Suspense, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { isForField, isTyping } from '../components/typing.ts';
import { useWeft } from '../state/store.ts';
import { Announcer } from './Announcer.tsx';
import styles from './App.module.css';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Header } from './Header.tsx';
import { Notices } from './Notices.tsx';
import { useNumberKeys } from './numberKeys.ts';
import { Rail } from './Rail.tsx';
import { forgetFailures, loadPages, type Route, routes } from './routes.ts';
import { theme, variables } from './theme.ts';
import { Tour } from './tour/Tour.tsx';

const colorScheme = localStorageColorSchemeManager({ key: 'weft-theme' });

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
    >
      <Frame />
    </MantineProvider>
  );
}

function Frame() {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const route = routes.find((each) => each.path === path);
  useTitleAndFocus(route, main);
  usePageKeys();
  useDropGuard();
  useEffect(loadPages, []);
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <Header />
      <Rail />
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <Notices />
        <ErrorBoundary key={path} onAgain={forgetFailures}>
          <Suspense fallback={<p className={styles.loading}>Opening {route?.name ?? 'the page'} …</p>}>
            {route ? <route.page /> : <NoSuchPage />}
          </Suspense>
        </ErrorBoundary>
      </main>
      <Tour />
      <Announcer />
    </div>
  );
}

function NoSuchPage() {
  const [numberKeys] = useNumberKeys();
  return (
    <div>
      <h1>There is no such page</h1>
      <p>Choose one of the five{numberKeys ? ', or press a number from 1 to 5' : ''}.</p>
    </div>
  );
}

/** A new page is named in the title and receives the focus, so that reading goes on there; a tour keeps it. */
function useTitleAndFocus(route: Route | undefined, main: React.RefObject<HTMLElement | null>): void {
  const first = useRef(true);
  useEffect(() => {
    document.title = route ? `${route.name} · Weft` : 'Weft';
    const touring = useWeft.getState().tour.step !== null;
    if (!first.current && !touring) main.current?.focus({ preventScroll: true });
    first.current = false;
    window.scrollTo(0, 0);
  }, [route, main]);
}

/** Keys 1 to 5 open the pages, unless that is off, and except while something is typed. */
function usePageKeys(): void {
  const [, navigate] = useLocation();
  const [on] = useNumberKeys();
  useEffect(() => {
    if (!on) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target)) return;
      const route = routes[Number(event.key) - 1];
      if (route) navigate(route.path);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, on]);
}

/** A file dropped beside its place would otherwise replace the page, and end what runs in it. */
function useDropGuard(): void {
  useEffect(() => {
    const cancel = (event: DragEvent) => {
      if (!isForField(event)) event.preventDefault();
    };
    document.addEventListener('dragover', cancel);
    document.addEventListener('drop', cancel);
    return () => {
      document.removeEventListener('dragover', cancel);
      document.removeEventListener('drop', cancel);
    };
  }, []);
}
