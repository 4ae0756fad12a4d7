import { z } from 'zod';
import { type RunView, viewSchema } from '../../contract/api/runs.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { findStudy } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';

const savedName = 'runs.views';
const lastName = 'runs.last-view';
const mostViews = 50;

/** Views of the run table that a person saved, by name, and the last view of this study's table. */
export function readViews(workbench: Workbench, study: string): { saved: RunView[]; last: RunView | null } {
  const last = workbench.storage.settings.ofStudy(findStudy(workbench, study).id, lastName, viewSchema);
  return { saved: saved(workbench), last: last ?? null };
}

/** Saves a view, replacing one of the same name. @throws UserError `views.too-many` */
export function saveView(workbench: Workbench, view: RunView): void {
  const others = saved(workbench).filter(({ name }) => name !== view.name);
  if (others.length >= mostViews) {
    throw new UserError(
      'views.too-many',
      `There are ${mostViews} saved views`,
      'the views of the run table',
      'Remove one that you no longer use.',
    );
  }
  keep(workbench, [...others, view]);
}

export function removeView(workbench: Workbench, name: string): void {
  keep(
    workbench,
    saved(workbench).filter((view) => view.name !== name),
  );
}

export function rememberView(workbench: Workbench, study: string, view: RunView): void {
  workbench.storage.settings.setOfStudy(findStudy(workbench, study).id, lastName, view, workbench.now());
}

const saved = ({ storage }: Workbench): RunView[] => storage.settings.get(savedName, z.array(viewSchema)) ?? [];

function keep({ storage, now }: Workbench, views: readonly RunView[]): void {
  storage.settings.set(
    savedName,
    [...views].sort((a, b) => a.name.localeCompare(b.name)),
    now(),
  );
}
