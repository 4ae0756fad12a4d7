import { imageClasses } from '../../../analysis/outcomes/index.ts';
import { quantile } from '../../../analysis/statistics/index.ts';
import type { Cell, Column, Exhibit } from '../../../contract/results/index.ts';
import { peopleWord, targetOfKey } from '../../../domain/numbers/index.ts';
import { typeTitle } from '../../../domain/stimuli/index.ts';
import { largestSoftmax, oneValue } from '../../../exhibits/index.ts';
import type { StudyView } from '../../../exhibits/parts/index.ts';

const quartiles: readonly Column[] = [
  ...[{ name: 'Least', heading: 'Minimum' }, { name: '25 %' }, { name: 'Median' }, { name: '75 %' }],
  { name: 'Largest', heading: 'Maximum' },
];

/** Minimum, quartiles and maximum of the largest softmax: a row for each target and each type that has values. */
export function softmaxQuartilesExhibit(study: StudyView): Exhibit {
  return {
    id: 'softmax-quartiles',
    number: '',
    title: 'Quartiles of the largest softmax',
    people: true,
    columns: [
      ...[{ name: 'Target %' }, { name: 'Type' }, { name: 'n', heading: 'n, values' }],
      ...quartiles.map((column) => ({ ...column, decimals: 3 })),
    ],
    rows: study.groups.flatMap((group) =>
      imageClasses.flatMap((type): Cell[][] => {
        const sorted = largestSoftmax(group, type).sort();
        if (sorted.length === 0) return [];
        const cuts = quartiles.map((_, at) => quantile(sorted, at / (quartiles.length - 1)));
        return [[targetOfKey(group.target), typeTitle(type, peopleWord(study)), sorted.length, ...cuts]];
      }),
    ),
    notes: [oneValue],
  };
}
