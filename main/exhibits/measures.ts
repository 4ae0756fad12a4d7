import { distanceNames } from '../analysis/distances.ts';
import { imageClasses } from '../analysis/image-types.ts';
import { type ScoreName, scoreNames } from '../analysis/scores.ts';
import { noPeople, whyNoType, twoModels } from './reasons.ts';
import { named, typeTitle } from './study-numbers.ts';
import type { View } from './view.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { orWhy, spreadOrWhy, undefinedCell } from './cells.ts';
import { peopleWord } from '../domain/format.ts';

/** How far raters agree beyond chance: people, and each group. */
export function agreementExhibit(view: View): Exhibit {
  const { humans, meta } = view.data.analysis ?? {};
  const raters = meta?.n_labelers ?? 0;
  const ofPeople = whyNoAgreement(view, { raters, people: true });
  const people: Cell[] = [
    ...[view.people, raters],
    orWhy(humans?.krippendorff_alpha, ofPeople.together),
    orWhy(humans?.fleiss_kappa, ofPeople.together),
    spreadOrWhy(humans?.cohen.kappa, ofPeople.pairs),
    spreadOrWhy(humans?.error_consistency.kappa, ofPeople.errors),
    null,
  ];
  const groups = view.groups.map(({ target, group }): Cell[] => {
    const why = whyNoAgreement(view, { raters: group.n_models, people: false });
    return [
      ...[`Networks, ${target} %`, group.n_models],
      orWhy(group.krippendorff_alpha, why.together),
      orWhy(group.fleiss_kappa, why.together),
      spreadOrWhy(group.cohen.kappa, why.pairs),
      spreadOrWhy(group.error_consistency.model_model.kappa, why.errors),
      spreadOrWhy(group.error_consistency.human_model.kappa, why.withPeople),
    ];
  });
  return {
    ...{ id: 'agreement', number: '', title: 'Agreement beyond chance', people: true, rows: [people, ...groups] },
    columns: [
      ...[{ name: 'Raters' }, { name: 'n' }],
      ...[
        { name: 'Krippendorff’s α', decimals: 3 },
        { name: 'Fleiss’ κ', decimals: 3 },
      ],
      { name: 'Cohen’s κ, pairs', decimals: 3, spread: true },
      { name: 'Error consistency κ, pairs', decimals: 3, spread: true },
      { name: named(view, 'Error consistency κ with people'), decimals: 3, spread: true },
    ],
    notes: [
      named(
        view,
        'Mean ± population standard deviation over pairs. Error consistency (Geirhos et al. 2020): whether two err on the same images, beyond what their accuracies alone make likely; the reference is the majority of people who are not in the pair.',
      ),
    ],
  };
}

/** Every pair of error consistency: what the matrix is drawn from. */
export function errorConsistencyExhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target, group: { error_consistency: found } }) =>
    [found.model_model, found.human_model].flatMap(({ pairs }) =>
      Array.from({ length: pairs.length }, (_, at): Cell[] => {
        const { a, b } = pairs.row(at);
        return [
          ...[Number(target), a, b, pairs.value('n', at)],
          ...(['acc_a', 'acc_b', 'c_obs', 'c_exp', 'kappa'] as const).map((name) =>
            orWhy(
              pairs.value(name, at),
              'Both are always right, or always wrong, or share no image with a right label.',
            ),
          ),
        ];
      }),
    ),
  );
  return {
    ...{ id: 'error-consistency', number: '', title: 'Error consistency of every pair', people: true, rows, notes: [] },
    columns: [
      ...[{ name: 'Target %' }, { name: 'First' }, { name: 'Second' }, { name: 'n' }],
      ...['Right, first', 'Right, second', 'Observed', 'Expected', 'κ'].map((name) => ({ name, decimals: 3 })),
    ],
  };
}

const scoreWords: Record<ScoreName, string> = {
  accuracy: 'Agrees with the majority of people',
  ece: 'Expected calibration error',
  nll_nats: 'Negative log likelihood, nats',
  brier_hard: 'Brier score',
  soft_xent_nats: 'Cross-entropy with people’s labels, nats',
  brier_soft: 'Brier score against people’s labels',
};

/** Without a single most frequent label there is nothing to be right about. */
const noMajority = (view: View): string =>
  view.data.labelers === null ? noPeople(view) : 'On no image is one label more frequent than all others.';

/** How well softmax says how often networks agree with people. */
export function calibrationExhibit(view: View): Exhibit {
  const labelled = (view.data.analysis?.humans.n_labels ?? []).filter((n) => n > 0).length;
  const rows = view.groups.flatMap(({ target, group: { scores } }) =>
    scoreNames.map((name): Cell[] => {
      const isSoft = name === 'soft_xent_nats' || name === 'brier_soft';
      return [
        ...[Number(target), named(view, scoreWords[name]), isSoft ? labelled : scores.ensemble.n],
        spreadOrWhy(scores.over_models[name], noMajority(view)),
        orWhy(scores.ensemble[name], noMajority(view)),
      ];
    }),
  );
  return {
    ...{
      id: 'calibration',
      number: '',
      title: named(view, 'Networks against the majority of people'),
      people: true,
      rows,
    },
    columns: [
      ...[{ name: 'Target %' }, { name: 'Score' }, { name: 'Images' }],
      { name: 'Per network', decimals: 3, spread: true },
      { name: 'Mean softmax of all', decimals: 3 },
    ],
    notes: [
      named(
        view,
        'Images on which people have a majority, and for the two scores against people’s labels all labelled images; 15 bins of confidence, closed on the right.',
      ),
    ],
  };
}

const distanceWords: Record<(typeof distanceNames)[number], string> = {
  js_bits: 'Jensen–Shannon divergence, bits',
  kl_human_model_bits: 'KL(people | networks), bits',
  kl_model_human_bits: 'KL(networks | people), bits',
  tv: 'Total variation',
  brier_soft: 'Squared difference',
  soft_xent_nats: 'Cross-entropy, nats',
};

/** How far what networks say is from what people say, by type. */
export function divergenceExhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target, group: { divergence, n_models: models } }) =>
    distanceNames.map((name): Cell[] => [
      ...[Number(target), named(view, distanceWords[name]), orWhy(divergence.mean[name], noPeople(view))],
      ...imageClasses.map((type) => spreadOrWhy(divergence.by_class[name][type], whyNoType(view, models))),
    ]),
  );
  return {
    ...{
      id: 'divergence',
      number: '',
      title: named(view, 'Distance between labels of people and mean softmax'),
      people: true,
      rows,
    },
    columns: [
      ...[{ name: 'Target %' }, { name: 'Distance' }, { name: 'All labelled images', decimals: 3 }],
      ...imageClasses.map((type) => ({ name: typeTitle(view, type), decimals: 3, spread: true })),
    ],
    notes: ['With few labels an image, even a perfect network has a distance above 0.'],
  };
}

/** Correlations need three images with both values, and that both vary. */
const whyNoCorrelation = (view: View): string =>
  view.data.labelers === null
    ? noPeople(view)
    : 'One of the two does not vary, or fewer than three images are labelled.';

/** Whether networks are unsure where people are. */
export function certaintyExhibit(view: View): Exhibit {
  const rows = view.groups.map(({ target, group: { entropy, uncertainty } }): Cell[] => [
    Number(target),
    ...[entropy.pearson_vote, entropy.spearman_vote, entropy.pearson_predictive, entropy.spearman_predictive].map(
      (value) => orWhy(value, whyNoCorrelation(view)),
    ),
    ...[uncertainty.total_bits, uncertainty.aleatoric_bits, uncertainty.epistemic_bits].map(mean),
  ]);
  return {
    ...{ id: 'certainty', number: '', title: named(view, 'Certainty of networks and of people'), people: true, rows },
    columns: [
      { name: 'Target %' },
      ...['votes: Pearson', 'votes: Spearman', 'softmax: Pearson', 'softmax: Spearman'].map((name) => ({
        name: named(view, `Entropy of people and ${name}`),
        decimals: 3,
      })),
      ...['total', 'of each network', 'between networks'].map((name) => ({
        name: `Uncertainty, ${name}, bits`,
        decimals: 3,
      })),
    ],
    notes: [
      'Entropies in bits, an image each. Uncertainty between networks: the mutual information of label and network.',
    ],
  };
}

const mean = (values: readonly number[]): Cell =>
  values.length === 0 ? undefinedCell('There is no image.') : values.reduce((a, b) => a + b, 0) / values.length;

/** Why measures of agreement are not defined, where they are not. */
export interface WhyNoAgreement {
  /** Coefficients of all raters together. */
  together: string;
  /** Cohen's kappa of pairs. */
  pairs: string;
  /** Error consistency within, and with people. */
  errors: string;
  withPeople: string;
}

const constant = 'All labels are the same, so that agreement by chance is complete.';
const constantPairs = 'Each pair gives one and the same label throughout, or shares no image.';
const noErrors = 'All are always right, or always wrong, so that nothing is left to chance.';

/** @param raters number of people, or of networks of a group */
export function whyNoAgreement(view: View, { raters, people }: { raters: number; people: boolean }): WhyNoAgreement {
  const { labelers, analysis } = view.data;
  const others = (needed: number, what: string): string =>
    labelers !== null && labelers.names.length < needed
      ? `Who is right takes ${what}: at least ${needed} ${peopleWord(view)}.`
      : noErrors;
  const nobody = labelers === null ? noPeople(view) : null;
  const withPeople = nobody ?? others(2, 'a majority of the others');
  if (!people) {
    const few = raters < 2 ? twoModels : null;
    return {
      ...{ together: few ?? constant, pairs: few ?? constantPairs },
      ...{ errors: few ?? nobody ?? noErrors, withPeople },
    };
  }
  const few = nobody ?? (raters < 2 ? 'One rater alone can neither agree nor disagree.' : null);
  const unshared = analysis?.meta.n_determined ? null : noPeople(view);
  return {
    ...{ together: few ?? unshared ?? constant, pairs: few ?? unshared ?? constantPairs },
    ...{ errors: few ?? others(3, 'a majority of those who are not in the pair'), withPeople },
  };
}
