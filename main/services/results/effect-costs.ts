import type { EffectPlanResult } from '../../contract/api/effects.ts';
import { formatCount, formatFixed, formatInteger } from '../../domain/format.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { forecast } from '../estimates/forecast.ts';
import { secondsPerTrial } from '../labeling/plans.ts';
import { findStudy } from '../tools/find.ts';
import type { Tools } from '../tools/tools.ts';
import type { PlannedEffect } from './effects.ts';

/** A plan with what it takes: hours of this machine, and minutes of a volunteer. @throws UserError `study.not-found` */
export function withCosts(
  tools: Pick<Tools, 'workbench' | 'settings'>,
  study: string,
  difference: number,
  { runs, units, rows: planned, ...plan }: PlannedEffect,
): EffectPlanResult {
  const { workbench, settings } = tools;
  const here = forecast(tools, declaredDataSet(workbench, findStudy(workbench, study)));
  const costs = runs.flatMap((id) => {
    const task = workbench.storage.runs.get(id)?.task;
    return task?.kind === 'classifier' ? [here.classifier(task.recipe).seconds] : [];
  });
  const { workers } = settings.get();
  const secondsEach = costs.reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, costs.length);
  const rows = planned.map((row) => ({
    ...row,
    hours: row.trainings === null ? null : (row.trainings * secondsEach) / Math.max(1, workers) / 3600,
    minutes: (row.images * secondsPerTrial) / 60,
  }));
  const what = units === 'images' ? 'image' : 'pair';
  return {
    ...{ ...plan, rows },
    advice: advice(difference, what, { ...plan, rows }),
    notes: [
      `Half the width of the 95 % interval is at most the difference to see: a true difference of that size then shows in about half of such studies. To see it in four of five, ask for 0.7 of it.`,
      ...(units === 'images'
        ? []
        : [
            'For pairs with anchors of their own (fresh anchors): pairs that share anchors need more. Images per pair stay as they are.',
          ]),
      `Hours: more trainings of these recipes on ${formatCount(workers, 'worker')} of this machine, expected from earlier runs. Minutes: one volunteer labels all images once; only outcomes that need people need them.`,
      'From the variances of this study: with few trainings or pairs they are rough. Without the lean of the interval: of rare outcomes expect more.',
    ],
  };
}

/** @param what `pair` or `image` */
function advice(
  difference: number,
  what: string,
  { undefined: why, pairs, seeds, rows }: Pick<EffectPlanResult, 'undefined' | 'pairs' | 'seeds' | 'rows'>,
): string {
  const [own] = rows;
  if (why !== null || !own) return '';
  const goal = `a difference of ${formatFixed(difference, difference < 1 ? 3 : 1)}`;
  const here = `the ${formatCount(pairs, what)} of this study`;
  if (own.half <= difference) return `With ${here} and the ${seeds} seeds that each cell has, ${goal} shows already.`;
  const enough = rows.find((row) => row.seeds !== null);
  const plan = (row: (typeof rows)[number]): string =>
    `${formatCount(row.pairs, what)} and ${formatInteger(row.seeds ?? 0)} seeds of each cell`;
  if (own.seeds !== null)
    return `For ${goal}, train ${own.seeds} seeds of each cell on ${here}: more ${what}s are not needed.`;
  const stop = `With ${here}, more seeds won’t help: not even 200 show ${goal}, as ${what}s differ too much.`;
  return enough
    ? `${stop} You need ${plan(enough)}.`
    : `${stop} Not even ${formatCount(rows.at(-1)?.pairs ?? 0, what)} do.`;
}
