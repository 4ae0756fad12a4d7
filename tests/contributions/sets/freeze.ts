import { freezeImported as freeze } from '../../../main/contributions/sets/freeze.ts';
import { ForkLauncher, type Launcher } from '../../../main/processes/launcher.ts';
import type { FrozenStimuli, SourceWork } from '../../../main/services/workbench/stimulus-sources.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';

/** Freezes a set in files, as a study that declares it does. */
export const freezeImported = (
  { storage, now }: Workbench,
  { path, ...study }: { path: string } & Pick<SourceWork, 'folder' | 'dataSet'>,
  launcher: Launcher = new ForkLauncher(),
): Promise<FrozenStimuli> => {
  const { signal } = new AbortController();
  return freeze({ path }, { storage, now, launcher, ...study, onReading: () => undefined, signal });
};
