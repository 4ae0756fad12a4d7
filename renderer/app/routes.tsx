import { type ComponentType, lazy, useState } from 'react';

export interface Route {
  /** Pattern of the address behind `#`; parameters as wouter names them. */
  path: string;
  screen: Screen;
}

/** A screen whose code is loaded when it is first shown, or by `loadScreens`. */
export interface Screen {
  /** The component once it is loaded, a lazy one before. */
  component: () => ComponentType;
}

/** Loads each screen's code. */
const loads: (() => Promise<unknown>)[] = [];

/** Loads the code of all screens, one after another, so that switching need not wait. */
export async function loadScreens(): Promise<void> {
  // A failed load is reported when the screen is opened.
  for (const load of loads) await load().catch(() => undefined);
}

/** Makes a screen of a module's export. */
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
 * Renders a screen. A loaded one renders at once: React's `lazy` would suspend in any case and show the fallback for a
 * third of a second.
 */
export function Shown({ screen: { component } }: { screen: Screen }) {
  // Switching the component after the first render would lose its state.
  const [Component] = useState<ComponentType>(component);
  return <Component />;
}

/** All screens by address. */
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

/** Drawers that open over any screen by a parameter of the address: `?run=12`. */
export const drawers: readonly { parameter: string; drawer: Route['screen'] }[] = [
  { parameter: 'run', drawer: screen(() => import('../features/models/run/run-drawer.tsx'), 'RunDrawer') },
];
