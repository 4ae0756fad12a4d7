import { spread } from '../../../analysis/statistics/index.ts';
import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { targetTitle } from '../../../domain/numbers/index.ts';
import {
  count,
  meanCell,
  nobody,
  noInterval,
  orWhy,
  type StudyNumbers,
  withIntervals,
} from '../../../exhibits/parts/index.ts';
import { groupConsistency, peopleConsistency } from '../analysis/part.ts';
import { noErrors } from './measure.ts';

const intervalsOfAverage =
  'Intervals are computed between networks and an average person, but not between two average people.';

/**
 * Error consistency with an average person, where nobody knows who gave which label: of two such people, and of each
 * group's networks with one. No rows where persons are known.
 */
export function pooledExhibit(study: StudyNumbers): Exhibit {
  const pair = study.humans && peopleConsistency(study.humans).human_human_pooled;
  const reason = study.labelers === 0 ? nobody : `${noErrors} Or no image has a majority among all others.`;
  const rows: Cell[][] = pair
    ? [
        [
          ...['Two average people', null, count(pair.kappa, { reason, interval: noInterval(intervalsOfAverage) })],
          ...[orWhy(pair.acc, reason), orWhy(pair.acc, reason), orWhy(pair.c_obs, reason), orWhy(pair.c_exp, reason)],
        ],
        ...study.groups.map(({ target, group }): Cell[] => {
          const { human_model_pooled, human_model_pooled_kappa } = groupConsistency(group);
          const mean = (name: 'acc_human' | 'acc_model' | 'c_obs' | 'c_exp'): Cell =>
            orWhy(spread((human_model_pooled ?? []).map((of) => of[name])).mean, reason);
          return [
            target === '' ? 'Networks' : `Networks, ${targetTitle(target)}`,
            group.n_models,
            meanCell(human_model_pooled_kappa ?? spread([]), 'models', {
              reason,
              interval: group.intervals?.pooled_kappa,
            }),
            ...[mean('acc_human'), mean('acc_model'), mean('c_obs'), mean('c_exp')],
          ];
        }),
      ]
    : [];
  return withIntervals(study, {
    id: 'pooled',
    number: '',
    title: 'Error consistency with an average person',
    people: true,
    rows,
    columns: [
      ...[{ name: 'Raters' }, { name: 'n' }],
      { key: 'kappa', name: 'κ', decimals: 3, spread: true },
      ...['Right, person', 'Right, other', 'Observed', 'Expected'].map((name) => ({ name, decimals: 3 })),
    ],
    notes: [
      'It is only known how many people gave each label, so all are treated as one average person. An answer is right if it is the label of the majority of all others; true classes do not count here.',
      'κ is not linear: this is not the mean of κ over persons, and cannot be compared with one.',
    ],
  });
}
