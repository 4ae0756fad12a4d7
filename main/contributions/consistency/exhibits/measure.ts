import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { peopleWord, targetOfKey } from '../../../domain/numbers/index.ts';
import { whyNotOfKind } from '../../../domain/results/index.ts';
import { pairsColumn } from '../../../exhibits/index.ts';
import {
  type AgreementMeasure,
  named,
  nobody,
  noInterval,
  oneRater,
  orWhy,
  type StudyNumbers,
  twoModels,
  whyNotPersons,
} from '../../../exhibits/parts/index.ts';
import { groupConsistency, peopleConsistency } from '../analysis/part.ts';

const intervalsWithNetworks =
  'Intervals of error consistency are computed among networks, and between networks and people, but not among people.';

export const noErrors = 'All are always right, or always wrong, so chance alone gives full agreement.';

/** Error consistency of two raters, beside the core's measures of agreement. */
export const errorMeasure: AgreementMeasure = {
  key: 'errors',
  name: 'Error consistency κ, pairs',
  title: 'Error consistency κ: errors on the same images',
  figure: 'consistency-matrix',
  isSigned: true,
  about:
    'Error consistency (Geirhos et al. 2020): whether two err on the same images, beyond what their accuracies alone make likely.',
  note: errorReferenceNote,
  pairs: ({ humans }, compared) => {
    const group = compared && groupConsistency(compared.group).error_consistency;
    return {
      people: pairsColumn(humans && peopleConsistency(humans).error_consistency?.pairs, 'kappa'),
      networks: pairsColumn(group?.model_model.pairs, 'kappa'),
      between: pairsColumn(group?.human_model?.pairs, 'kappa'),
    };
  },
  whyNone: (study, compared) => whyNoErrors(study, compared && { models: compared.group.n_models }),
  intervals: (study, compared) =>
    compared
      ? {
          within: compared.group.intervals?.model_model_kappa,
          between: compared.group.intervals?.human_model_kappa,
        }
      : { within: noInterval(named(study, intervalsWithNetworks)), between: null },
  listedIn: (study) => [
    ...(study.groups.length > 0 ? ['pairs with networks in error-consistency'] : []),
    ...((study.humans?.cohen?.pairs.length ?? 0) > 0 ? [`every two ${peopleWord(study)} in labeler-pairs`] : []),
  ],
};

/** Which label error consistency takes for the right one. */
export function errorReferenceNote(study: StudyNumbers): string {
  if (study.errorReference === 'truth')
    return 'An answer is right if it is the image’s true class, as the stimulus set states it (the published way); images without a true class are left out.';
  if (whyNotOfKind(study.response, 'single') !== null)
    return 'No true class is known for these images, and sets of labels do not say which single answer is right: there is no error consistency.';
  return named(
    study,
    'No true class is known for these images: an answer is right if it is the label of the majority of people who are not in the pair; ties are left out.',
  );
}

/** Why there is no error consistency within people, or within networks, and between both. @param group null: people alone */
export function whyNoErrors(
  study: StudyNumbers,
  group: { models: number } | null,
): { within: string; between: string } {
  const { labelers } = study;
  const isByMajority = study.errorReference === 'majority';
  const others = (needed: number, what: string): string =>
    isByMajority && labelers > 0 && labelers < needed
      ? `Who is right takes ${what}: at least ${needed} ${peopleWord(study)}.`
      : noErrors;
  const missing = labelers === 0 ? nobody : null;
  const unknown = whyNotPersons(study);
  const between = missing ?? unknown ?? others(2, 'a majority of the others');
  if (group) {
    const few = group.models < 2 ? twoModels : null;
    const noReference = isByMajority ? (missing ?? whyNotOfKind(study.response, 'single')) : null;
    return { within: few ?? noReference ?? noErrors, between };
  }
  const few = missing ?? (labelers < 2 ? oneRater : null);
  return { within: few ?? unknown ?? others(3, 'a majority of those who are not in the pair'), between };
}

/** Every pair of error consistency: what the matrix is drawn from. */
export function errorConsistencyExhibit(view: StudyNumbers): Exhibit {
  const rows = view.groups.flatMap(({ target, group }) => {
    const { model_model, human_model } = groupConsistency(group).error_consistency;
    return [model_model, ...(human_model ? [human_model] : [])].flatMap(({ pairs }) =>
      Array.from({ length: pairs.length }, (_, at): Cell[] => {
        const { a, b } = pairs.row(at);
        return [
          ...[targetOfKey(target), a, b, pairs.value('n', at)],
          ...(['acc_a', 'acc_b', 'c_obs', 'c_exp', 'kappa'] as const).map((name) =>
            orWhy(
              pairs.value(name, at),
              'Both are always right, or always wrong, or share no image with a right label.',
            ),
          ),
        ];
      }),
    );
  });
  return {
    id: 'error-consistency',
    long: true,
    number: '',
    title: 'Error consistency of every pair',
    people: true,
    rows,
    notes: [errorReferenceNote(view)],
    columns: [
      ...[{ name: 'Target %' }, { name: 'First' }, { name: 'Second' }, { name: 'n' }],
      ...['Right, first', 'Right, second', 'Observed', 'Expected', 'κ'].map((name) => ({ name, decimals: 3 })),
    ],
  };
}
