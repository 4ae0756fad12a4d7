import type { SeedMatrix } from '../../contract/api/models.ts';
import type { Cost } from '../../contract/api/studies.ts';
import type { Teaching } from '../../contract/teaching.ts';
import { modelEntries } from '../../domain/sweep.ts';
import { remainder } from '../../domain/time-range.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { identities } from '../declaration/plan.ts';
import { forecast, together } from '../estimates/forecast.ts';
import type { StatusTools } from '../pipeline/facts.ts';
import { shareDone } from '../pipeline/work.ts';
import { readStandings } from '../runs/standings.ts';
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
  const standings = readStandings(tools, study);
  const here = forecast(tools, declaredDataSet(tools.workbench, study));
  const entries = modelEntries(study.spec).filter((entry) => entry.taught);
  const models = entries.flatMap((entry) => identities(entry).map((model) => ({ entry, model })));
  const open = models.flatMap(({ entry, model }) => {
    const run = standings.run(model.name);
    const isOver = run !== undefined && ['done', 'failed', 'cancelled'].includes(run.state);
    return isOver ? [] : [remainder(here.classifier(entry.recipe), shareDone(run))];
  });
  return {
    ...{ teaching, runs: models.length, done: models.length - open.length },
    cells: entries.flatMap((entry) =>
      entry.taught
        ? {
            ...{ name: entry.name, arm: entry.taught.arm, fold: entry.taught.fold, teachers: entry.taught.teachers },
            targets: entry.recipe.targets.map((target) => standings.count(identities(entry), target)),
          }
        : [],
    ),
    cost: together(open, tools.settings.get()),
  };
}
