import type { SizePlan } from './contract/size-plan.ts';
import { leastSeeds, mostSeeds } from './analysis/effect-planner.ts';
import { formatCount, formatFixed, formatInteger } from '../../domain/numbers/index.ts';
import { declaredDataSet } from '../../services/declaration/index.ts';
import { forecast } from '../../services/estimates/index.ts';
import { trialPace } from '../../services/labels/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import type { Tools } from '../../services/tools/index.ts';
import type { PlannedSize } from './size-plan.ts';

interface Question {
  readonly study: string;
  /** The smallest one to see, as it is read. */
  readonly difference: number;
}

/** A plan with what it takes: hours of this machine, and minutes of a volunteer. @throws UserError `study.not-found` */
export function withCosts(
  tools: Pick<Tools, 'workbench' | 'settings'>,
  { study: name, difference }: Question,
  planned: PlannedSize,
): SizePlan {
  const { runs, needsPeople, labeled, texts, unit, rows: withoutCosts, ...plan } = planned;
  const { units } = plan;
  const { workbench, settings } = tools;
  const study = findStudy(workbench, name);
  const here = forecast(tools, declaredDataSet(workbench, study));
  const costs = runs.flatMap((id) => {
    const task = workbench.storage.runs.get(id)?.task;
    return task?.kind === 'classifier' ? [here.training(task.recipe).seconds] : [];
  });
  const { workers } = settings.get();
  const secondsEach = costs.reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, costs.length);
  const pace = trialPace(workbench, study.id);
  const rows = withoutCosts.map((row) => ({
    ...row,
    hours: row.trainings === null ? null : (row.trainings * secondsEach) / Math.max(1, workers) / 3600,
    minutes: needsPeople ? (row.images * labeled * pace.seconds) / 60 : null,
  }));
  const ofPace =
    pace.sessions === 0
      ? `at ${formatFixed(pace.seconds, 1)} s an image, breaks included`
      : `at ${formatFixed(pace.seconds, 1)} s an image, breaks included, the median of ${formatCount(pace.sessions, 'finished session')}`;
  const notes = [
    'Half the width of the 95 % interval is at most the difference to see: a true difference of that size then shows in about half of such studies. To see it in four of five, ask for 0.7 of it.',
    units !== 'images' &&
      'For pairs with anchors of their own (fresh anchors): pairs that share anchors need more. Images per pair stay as they are.',
    `Of all plans that suffice, the sentence names the one with the smallest product of ${plan.people === null ? 'pairs and seeds' : 'pairs, seeds and people'}, and never fewer than ${leastSeeds} seeds: with fewer, how much trainings differ is hardly known, and the interval may be far wider than planned.`,
    `The variances are those of this study, and rough if it has few trainings or pairs. In brackets: where half the interval lies in about four of five such cases. In simulated studies it was ${unit === 'κ' ? '1.2' : '0.8 to 1.1'} times as wide as planned, on average. Without the lean of the interval: of rare outcomes expect more on one side.`,
    `Hours: more trainings of these recipes on ${formatCount(workers, 'worker')} of this machine, expected from earlier runs.`,
    needsPeople &&
      `Minutes: one volunteer labels ${labeled < 0.999 ? 'as large a part of the images as now' : 'all images'} once, ${ofPace}.`,
    needsPeople &&
      plan.people === null &&
      'The people are these very ones. Where “Intervals hold for” can be chosen above, people like these plan their number, too.',
  ];
  const result = { ...plan, rows };
  return {
    ...result,
    advice: advice({ difference, unit, units, texts }, result),
    notes: notes.filter((note) => note !== false),
  };
}

type Words = Pick<PlannedSize, 'units' | 'texts' | 'unit'> & { difference: number };

/** `10 seeds of each cell`, with pairs before and people after it. */
function sizeText(
  { units }: Pick<Words, 'units'>,
  { pairs, seeds, people }: { pairs: number; seeds: number; people: number | null },
): string {
  const parts = [
    units === 'images' ? formatCount(pairs, 'image') : `${formatCount(pairs, 'pair')} with fresh anchors`,
    `${formatInteger(seeds)} seeds of each cell`,
    ...(people === null ? [] : [formatCount(people, 'labeler')]),
  ];
  return parts.length === 2 ? parts.join(' and ') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function advice(words: Words, plan: Omit<SizePlan, 'advice' | 'notes'>): string {
  const { difference, unit, units, texts } = words;
  const { needed, rows, people, seeds, mostPairs, mostPeople } = plan;
  const own = rows[0];
  if (plan.undefined !== null || !own) return '';
  const digits = Number.isInteger(difference) ? 0 : unit === '%' ? 1 : 3;
  const size = formatFixed(difference, digits);
  const amount = unit === '%' ? `${size} percentage ${size === '1' ? 'point' : 'points'}` : `${size} ${unit}`;
  const goal = `a difference of ${amount} between ${texts.level} and ${texts.reference}`;
  const what = units === 'images' ? 'image' : 'pair';
  const all =
    people === null ? `${mostSeeds} seeds` : `${mostSeeds} seeds and ${formatCount(mostPeople ?? people, 'labeler')}`;
  if (own.half <= difference && seeds >= leastSeeds)
    return `${sizeText(words, { pairs: own.pairs, seeds, people })}, as many as this study has, are enough to see ${goal}.`;
  const end = (value: number): string => formatFixed(value, unit === '%' ? 1 : 3);
  const limit = `${what}s differ too much`;
  if (!needed)
    return `Not even ${formatCount(mostPairs, what)}${people === null ? ' and' : ','} ${all} show ${goal}: ${limit}. The smallest that they show is about ${end(rows.at(-1)?.least ?? 0)}.`;
  return [
    `To see ${goal} you need about ${sizeText(words, needed)}.`,
    own.least > difference
      ? `More ${people === null ? 'seeds' : 'seeds and people'} alone won’t help: with ${formatCount(own.pairs, what)}, as now, not even ${all} show it, as ${limit}.`
      : needed.pairs === own.pairs
        ? `More ${what}s are not needed.`
        : own.seeds === null
          ? ''
          : `With ${formatCount(own.pairs, what)}, as now, it takes ${formatInteger(own.seeds)} seeds.`,
    `As the variances come from this study alone, half the interval may then turn out between ${end(needed.low)} and ${end(needed.high)}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
