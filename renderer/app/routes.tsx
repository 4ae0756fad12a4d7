import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

export interface Route {
  /** Pattern of the address behind `#`; parameters as wouter names them. */
  path: string;
  screen: LazyExoticComponent<ComponentType>;
}

/** What loads each screen. */
const loads: (() => Promise<unknown>)[] = [];

/** Loads every screen's program, one after another, so that going to one need not wait for it. */
export async function loadScreens(): Promise<void> {
  // One that cannot be loaded says so when it is gone to.
  for (const load of loads) await load().catch(() => undefined);
}

/** Turns a named export into what `lazy` takes. */
export function screen<Name extends string>(
  load: () => Promise<Record<Name, ComponentType>>,
  name: Name,
): LazyExoticComponent<ComponentType> {
  loads.push(load);
  return lazy(async () => ({ default: (await load())[name] }));
}

/** Every screen, by its address. Each is loaded when it is first shown, or a while after the start. */
export const routes: readonly Route[] = [
  {
    path: '/studies/:study/stimuli',
    screen: screen(() => import('../features/stimuli/stimuli-screen.tsx'), 'StimuliScreen'),
  },
  { path: '/studies', screen: screen(() => import('../features/studies/studies-screen.tsx'), 'StudiesScreen') },
  {
    path: '/studies/:study',
    screen: screen(() => import('../features/overview/overview-screen.tsx'), 'OverviewScreen'),
  },
  {
    path: '/studies/:study/generator',
    screen: screen(() => import('../features/generator/generator-screen.tsx'), 'GeneratorScreen'),
  },
  {
    path: '/studies/:study/models',
    screen: screen(() => import('../features/models/models-screen.tsx'), 'ModelsScreen'),
  },
  {
    path: '/studies/:study/models/compare',
    screen: screen(() => import('../features/models/compare/compare-screen.tsx'), 'CompareScreen'),
  },
  {
    path: '/studies/:study/models/matrix',
    screen: screen(() => import('../features/models/matrix/matrix-screen.tsx'), 'MatrixScreen'),
  },
  {
    path: '/studies/:study/labeling',
    screen: screen(() => import('../features/labeling/labeling-screen.tsx'), 'LabelingScreen'),
  },
  { path: '/machine', screen: screen(() => import('../features/machine/machine-screen.tsx'), 'MachineScreen') },
];

/** What opens over any screen when the address asks for it: `?run=12`. */
export const drawers: readonly { parameter: string; drawer: Route['screen'] }[] = [
  { parameter: 'run', drawer: screen(() => import('../features/models/run/run-drawer.tsx'), 'RunDrawer') },
];
