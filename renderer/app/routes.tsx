import { lazy, useState } from 'react';
import type { ComponentType } from 'react';

export interface Route {
  /** Pattern of the address behind `#`; parameters as wouter names them. */
  path: string;
  screen: Screen;
}

/** A screen's program, loaded when it is first shown or by `loadScreens`. */
export interface Screen {
  /** What draws it: the component itself once it is loaded. */
  component: () => ComponentType;
}

/** What loads each screen. */
const loads: (() => Promise<unknown>)[] = [];

/** Loads every screen's program, one after another, so that going to one need not wait for it. */
export async function loadScreens(): Promise<void> {
  // One that cannot be loaded says so when it is gone to.
  for (const load of loads) await load().catch(() => undefined);
}

/** Names what a module exports as a screen. */
export function screen<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name): Screen {
  let known: ComponentType | null = null;
  const loaded = async (): Promise<ComponentType> => {
    known = (await load())[name];
    return known;
  };
  loads.push(loaded);
  const later = lazy(async () => ({ default: await loaded() }));
  return { component: () => known ?? later };
}

/**
 * Draws a screen; one that is loaded at once: React's `lazy` waits in any case, and shows for a third of a second that it
 * does.
 */
export function Shown({ screen: { component } }: { screen: Screen }) {
  // What it was first drawn with stays, or it would lose its state.
  const [Component] = useState<ComponentType>(component);
  return <Component />;
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
  {
    path: '/studies/:study/results/:view?',
    screen: screen(() => import('../features/results/results-screen.tsx'), 'ResultsScreen'),
  },
  {
    path: '/studies/:study/report',
    screen: screen(() => import('../features/report/report-screen.tsx'), 'ReportScreen'),
  },
  { path: '/machine', screen: screen(() => import('../features/machine/machine-screen.tsx'), 'MachineScreen') },
];

/** What opens over any screen when the address asks for it: `?run=12`. */
export const drawers: readonly { parameter: string; drawer: Route['screen'] }[] = [
  { parameter: 'run', drawer: screen(() => import('../features/models/run/run-drawer.tsx'), 'RunDrawer') },
];
