import { z } from 'zod';
import { type RunView, viewSchema } from '../../contract/api/runs.ts';
import { UserError } from '../../contract/errors.ts';
import { findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';

const savedName = 'runs.views';
const lastName = 'runs.last-view';
const mostViews = 50;

/** Views of the run table that a person saved, by name, and the last view of this study's table. */
export function readViews(bench: Workbench, study: string): { saved: RunView[]; last: RunView | null } {
  const last = bench.storage.settings.ofStudy(findStudy(bench, study).id, lastName, viewSchema);
  return { saved: saved(bench), last: last ?? null };
}

/** Saves a view, replacing one of the same name. @throws UserError `views.too-many` */
export function saveView(bench: Workbench, view: RunView): void {
  const others = saved(bench).filter(({ name }) => name !== view.name);
  if (others.length >= mostViews) {
    throw new UserError({
      code: 'views.too-many',
      what: `There are ${mostViews} saved views`,
      where: 'the views of the run table',
      remedy: 'Remove one that you no longer use.',
    });
  }
  keep(bench, [...others, view]);
}

export function removeView(bench: Workbench, name: string): void {
  keep(
    bench,
    saved(bench).filter((view) => view.name !== name),
  );
}

export function rememberView(bench: Workbench, study: string, view: RunView): void {
  bench.storage.settings.setOfStudy(findStudy(bench, study).id, lastName, view, bench.now());
}

const saved = ({ storage }: Workbench): RunView[] => storage.settings.get(savedName, z.array(viewSchema)) ?? [];

function keep({ storage, now }: Workbench, views: readonly RunView[]): void {
  storage.settings.set(
    savedName,
    [...views].sort((a, b) => a.name.localeCompare(b.name)),
    now(),
  );
}
