import type { SeedMatrix } from '../../contract/api/models.ts';
import type { Cost } from '../../contract/api/studies.ts';
import type { Teaching } from '../../contract/teaching.ts';
import { modelEntries } from '../../domain/sweep.ts';
import { identities } from '../declaration/plan.ts';
import type { StatusTools } from '../pipeline/facts.ts';
import { trainingProgress } from '../runs/remaining.ts';
import { findStudy } from '../tools/find.ts';
import { declaredTeaching } from './read.ts';

/** How the trainings of an experiment stand. */
export interface TeachingView {
  readonly teaching: Teaching;
  /** Cells with models; cells with the same targets share them. None: nothing was made. */
  readonly cells: readonly {
    name: string;
    arm: string;
    fold: number;
    teachers: string;
    targets: Omit<SeedMatrix['groups'][number]['cells'][number], 'repeat'>[];
  }[];
  readonly runs: number;
  readonly done: number;
  readonly cost: Cost;
}

/** @throws UserError `study.not-found`, `teaching.not-declared` */
export function listTeaching(tools: StatusTools, name: string): TeachingView {
  const study = findStudy(tools.workbench, name);
  const teaching = declaredTeaching(study);
  const entries = modelEntries(study.spec).filter((entry) => entry.taught);
  const progress = trainingProgress(tools, study);
  return {
    ...{ teaching, ...progress.of(entries) },
    cells: entries.flatMap((entry) =>
      entry.taught
        ? {
            ...{ name: entry.name, arm: entry.taught.arm, fold: entry.taught.fold, teachers: entry.taught.teachers },
            targets: entry.recipe.targets.map((target) => progress.standings.count(identities(entry), target)),
          }
        : [],
    ),
  };
}
