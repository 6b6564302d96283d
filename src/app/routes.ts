// The five pages, their addresses and their number keys.

import {
  IconChartLine,
  IconEye,
  IconGauge,
  IconGridDots,
  IconPencil,
  type TablerIcon,
} from '@tabler/icons-react';
import { type ComponentType, lazy } from 'react';
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

/** Charts are large: the pages that have them come a moment after the others. */
const TrainPage = lazy(async () => ({ default: (await loadTrain()).TrainPage }));
const PatternsPage = lazy(async () => ({ default: (await loadPatterns()).PatternsPage }));
const BenchmarkPage = lazy(async () => ({ default: (await loadBenchmark()).BenchmarkPage }));

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
