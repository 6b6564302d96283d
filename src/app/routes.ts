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

export interface Route {
  readonly path: string;
  readonly name: string;
  readonly icon: TablerIcon;
  readonly page: ComponentType;
}

/** Each page is a file of its own, loaded when it is first opened. */
const page = <Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) =>
  lazy(async () => ({ default: (await load())[name] }));

export const routes: readonly Route[] = [
  {
    path: '/',
    name: 'Generate',
    icon: IconPencil,
    page: page(() => import('../pages/generate/GeneratePage.tsx'), 'GeneratePage'),
  },
  {
    path: '/train',
    name: 'Train',
    icon: IconChartLine,
    page: page(() => import('../pages/train/TrainPage.tsx'), 'TrainPage'),
  },
  {
    path: '/patterns',
    name: 'Patterns',
    icon: IconGridDots,
    page: page(() => import('../pages/patterns/PatternsPage.tsx'), 'PatternsPage'),
  },
  {
    path: '/inspect',
    name: 'Inspect',
    icon: IconEye,
    page: page(() => import('../pages/inspect/InspectPage.tsx'), 'InspectPage'),
  },
  {
    path: '/benchmark',
    name: 'Benchmark',
    icon: IconGauge,
    page: page(() => import('../pages/benchmark/BenchmarkPage.tsx'), 'BenchmarkPage'),
  },
];
