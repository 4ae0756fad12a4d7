import { type ComponentType, lazy, useState } from 'react';
import { studySteps } from '../navigation/addresses.ts';
import { listAt } from '../ui/places/places.ts';

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

const study = '/studies/:study';

/** A screen that an address shows. */
interface Route {
  /** Names it in the title of the page. */
  title: string;
  screen: Screen;
}

/** The name of a study's screen, as the navigation has it. */
const stepName = (path: (typeof studySteps)[number]['path']): string =>
  studySteps.find((step) => step.path === path)?.name ?? path;

/** The core's screens by the pattern of their address behind `#`; parameters as wouter names them. */
const routes: Readonly<Record<string, Route>> = {
  '/studies': {
    title: 'Studies',
    screen: screen(() => import('../features/studies/studies-screen.tsx'), 'StudiesScreen'),
  },
  [study]: {
    title: stepName(''),
    screen: screen(() => import('../features/overview/overview-screen.tsx'), 'OverviewScreen'),
  },
  [`${study}/generator`]: {
    title: stepName('/generator'),
    screen: screen(() => import('../features/generator/generator-screen.tsx'), 'GeneratorScreen'),
  },
  [`${study}/stimuli`]: {
    title: stepName('/stimuli'),
    screen: screen(() => import('../features/stimuli/stimuli-screen.tsx'), 'StimuliScreen'),
  },
  [`${study}/models`]: {
    title: stepName('/models'),
    screen: screen(() => import('../features/models/models-screen.tsx'), 'ModelsScreen'),
  },
  [`${study}/models/matrix`]: {
    title: 'Seed studies',
    screen: screen(() => import('../features/models/matrix-screen.tsx'), 'MatrixScreen'),
  },
  [`${study}/labeling`]: {
    title: stepName('/labeling'),
    screen: screen(() => import('../features/labeling/labeling-screen.tsx'), 'LabelingScreen'),
  },
  [`${study}/results/:view?`]: {
    title: stepName('/results'),
    screen: screen(() => import('../features/results/results-screen.tsx'), 'ResultsScreen'),
  },
  [`${study}/report`]: {
    title: stepName('/report'),
    screen: screen(() => import('../features/report/report-screen.tsx'), 'ReportScreen'),
  },
};

const contributedRoutes = (): Record<string, Route> =>
  Object.fromEntries(
    [
      ...listAt('screens').map(({ path, ...added }) => ({ address: path, ...added })),
      ...listAt('models.screens').map(({ path, ...added }) => ({ address: `${study}/models${path}`, ...added })),
    ].map(({ address, title, load }) => [
      address,
      { title, screen: screen(async () => ({ Screen: await load() }), 'Screen') },
    ]),
  );

let all: Readonly<Record<string, Route>> | undefined;

/** All screens, once contributions have added theirs. */
export function allRoutes(): Readonly<Record<string, Route>> {
  all ??= { ...routes, ...contributedRoutes() };
  return all;
}

/** Drawers that open over any screen by a parameter of the address: `?run=12`. */
export const drawers: readonly { parameter: string; drawer: Screen }[] = [
  { parameter: 'run', drawer: screen(() => import('../features/models/run/run-drawer.tsx'), 'RunDrawer') },
];
