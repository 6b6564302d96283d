// The five pages, their addresses and their number keys.

import {
  IconChartLine,
  IconEye,
  IconGauge,
  IconGridDots,
  IconPencil,
  type TablerIcon,
} from '@tabler/icons-react';
import { type ComponentType, createElement, lazy } from 'react';
import { GeneratePage } from '../pages/generate/GeneratePage.tsx';
import { InspectPage } from '../pages/inspect/InspectPage.tsx';

export interface Route {
  readonly path: string;
  readonly name: string;
  readonly icon: TablerIcon;
  readonly page: ComponentType;
}

const loadTrain = () => import('../pages/train/TrainPage.tsx');
const loadPatterns = () => import('../pages/patterns/PatternsPage.tsx');
const loadBenchmark = () => import('../pages/benchmark/BenchmarkPage.tsx');

const failures: (() => void)[] = [];

/** Charts are large: the pages that have them come a moment after the others. */
const TrainPage = later(async () => (await loadTrain()).TrainPage);
const PatternsPage = later(async () => (await loadPatterns()).PatternsPage);
const BenchmarkPage = later(async () => (await loadBenchmark()).BenchmarkPage);

/** Makes pages anew whose code could not be fetched: `lazy` alone fails for ever after it failed once. */
export function forgetFailures(): void {
  for (const forget of failures.splice(0)) forget();
}

/** A page whose code is fetched when it is shown. */
function later(load: () => Promise<ComponentType>): ComponentType {
  const fetched = () =>
    lazy(async () => {
      try {
        return { default: await load() };
      } catch (error) {
        failures.push(() => {
          page = fetched();
        });
        throw error;
      }
    });
  let page = fetched();
  return () => createElement(page);
}

/** Fetches what is not there yet, so that nothing is asked of the network later. */
export function loadPages(): void {
  Promise.all([loadTrain(), loadPatterns(), loadBenchmark()]).catch(() => {
    // Whoever opens the page will be told then.
  });
}

export const routes: readonly Route[] = [
  { path: '/', name: 'Generate', icon: IconPencil, page: GeneratePage },
  { path: '/train', name: 'Train', icon: IconChartLine, page: TrainPage },
  { path: '/patterns', name: 'Patterns', icon: IconGridDots, page: PatternsPage },
  { path: '/inspect', name: 'Inspect', icon: IconEye, page: InspectPage },
  { path: '/benchmark', name: 'Benchmark', icon: IconGauge, page: BenchmarkPage },
];
