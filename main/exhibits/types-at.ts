import { percent } from '../analysis/statistics/spread.ts';
import type { TypeShare } from '../analysis/groups/types-at.ts';
import type { Cell, Exhibit } from '../contract/results/exhibit.ts';
import { count, quantity, withIntervals } from './parts/cells.ts';
import { groupHead } from './paper-tables.ts';
import { twoModels, whyUndetermined } from './parts/reasons.ts';
import { named, peopleNumber, typeColumn } from './parts/study-numbers.ts';
import type { StudyView } from './parts/study-view.ts';

/** Of values with fewer labels, or fewer raters, than there are. */
export const exactMean =
  'Exact: the mean over all ways to choose that many of an image’s labels (Hurlbert 1971), over the images that have that many.';

/**
 * Types as they would be if fewer people had been asked, beside those with all labels. No rows where nobody has more
 * labels than that.
 */
export function typesAtExhibit(study: StudyView): Exhibit {
  const { asked } = study;
  const rows = study.groups.flatMap((compared): Cell[][] => {
    const { types, intervals, types_at: found } = compared.group;
    if (!found) return [];
    const title = groupHead(compared);
    const { types: fewer, intervals: ofFewer } = found;
    const reason = fewer.n_images === 0 ? 'No image has that many labels.' : twoModels;
    const share = (name: TypeShare): Cell => count(fewer[name], { reason, interval: ofFewer?.[name] });
    const n = types?.n_images ?? 0;
    const all = (value: number | null | undefined, name: TypeShare): Cell =>
      quantity(value, n, 'images', {
        reason: whyUndetermined(study, types === null ? 0 : 2),
        interval: intervals?.[name],
      });
    const bothAgree = types && percent(types.counts.both_agree, n);
    return [
      [
        ...[title, named(study, `${asked} people`), fewer.n_images, share('type_a_pct'), share('both_disagree_pct')],
        ...[share('both_agree_pct'), share('exception_pct'), share('type_c_pct')],
      ],
      [
        ...[title, `all: ${peopleNumber(study)}`, n, all(types?.type_a_pct, 'type_a_pct')],
        ...[all(types?.both_disagree_pct, 'both_disagree_pct'), all(bothAgree, 'both_agree_pct')],
        ...[all(types?.exception_pct, 'exception_pct'), all(types?.type_c_pct, 'type_c_pct')],
      ],
    ];
  });
  return withIntervals(study, {
    id: 'types-at',
    number: '',
    people: true,
    heads: 2,
    rows,
    title: named(study, `Types if ${asked} people had been asked, percent`),
    columns: [
      { name: 'Target %', unit: '%', groups: true },
      { name: named(study, 'People') },
      { name: 'Images' },
      ...(
        [
          ['type_a_pct', typeColumn(study, 'type_a')],
          ['both_disagree_pct', typeColumn(study, 'both_disagree')],
          ['both_agree_pct', typeColumn(study, 'both_agree')],
          ['exception_pct', { name: 'Exceptions' }],
          ['type_c_pct', typeColumn(study, 'type_c')],
        ] as const
      ).map(([key, column]) => ({ key, ...column, unit: '%' as const, decimals: 1, interval: true })),
    ],
    notes: [
      named(
        study,
        'The more people are asked, the more images have somebody who disagrees: shares of types can be compared only at the same number of people.',
      ),
      `${exactMean} Exceptions are part of “both agree”.`,
    ],
  });
}
