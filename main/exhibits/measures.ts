import { whyNotOfKind } from '../domain/response-kinds.ts';
import { answersOf, suffices, whyNotKnown } from '../analysis/known-answers.ts';
import { ensembleScores } from '../analysis/softmax.ts';
import { at } from '../domain/arrays.ts';
import type { ShownInterval } from '../analysis/claims.ts';
import { distanceNames } from '../analysis/distances.ts';
import type { DiverseAnalysis } from '../analysis/diverse.ts';
import { imageClasses } from '../analysis/image-types.ts';
import { type Calibration, type ScoreName, scoreNames } from '../analysis/scores.ts';
import { spread, type Spread } from '../analysis/spread.ts';
import { agreementNames, type agreementMeasures } from '../contract/api/results-charts.ts';
import { peopleWord } from '../domain/format.ts';
import type { ApiInterval, Cell, Column, Exhibit, Quantity } from '../contract/exhibit.ts';
import { meanCell, noInterval, orWhy, quantity, spreadOrWhy, withIntervals } from './cells.ts';
import { peopleDisagree, peoplePairwise } from './paper-tables.ts';
import {
  allLabelsTheSame,
  constantPairs,
  intervalOfDivergence,
  intervalsOfPeople,
  intervalsWithNetworks,
  noImage,
  noLabeledImage,
  noMajority,
  nobody,
  noErrors,
  noPeople,
  oneRater,
  twoModels,
  whyNoCorrelation,
  whyNotPersons,
  whyNoType,
} from './reasons.ts';
import { named, peopleNumber, type StudyNumbers, typeColumn } from './study-numbers.ts';
import type { StudyView, ViewedGroup } from './study-view.ts';
import type { View } from './view.ts';
import { targetTitle, targetOfKey } from '../domain/targets.ts';

/**
 * Krippendorff's α and Fleiss' κ of a group, or else of people. n: images with two labels or more (metrics.md 3).
 * @param raters how many people, or networks of the group
 */
function coefficients(study: StudyNumbers, raters: number, group?: DiverseAnalysis): Quantity[] {
  const reason = whyNoAgreement(study, { raters, people: !group }).together;
  const of = group ?? study.humans;
  const n = group ? (raters < 2 ? 0 : study.images) : study.determined;
  const none = noInterval(named(study, intervalsOfPeople));
  const intervals = group ? { krippendorff_alpha: none, fleiss_kappa: none } : study.humans?.intervals;
  return [
    quantity(of?.krippendorff_alpha, n, 'images', { reason, interval: intervals?.krippendorff_alpha }),
    quantity(of?.fleiss_kappa, n, 'images', {
      reason: (group ? null : whyNotOfKind(study.response, 'fleiss')) ?? reason,
      interval: intervals?.fleiss_kappa,
    }),
  ];
}

const coefficientColumns: Column[] = [
  { key: 'krippendorff', name: 'Krippendorff’s α', decimals: 3 },
  { key: 'fleiss', name: 'Fleiss’ κ', decimals: 3 },
];

/** How far raters agree beyond chance: people, and each group. */
export function agreementExhibit(view: View): Exhibit {
  const { humans } = view.data.analysis ?? {};
  const raters = view.labelers;
  const ofPeople = whyNoAgreement(view, { raters, people: true });
  const people: Cell[] = [
    ...[view.people, peopleNumber(view), ...coefficients(view, raters)],
    spreadOrWhy(humans?.cohen?.kappa, ofPeople.pairs, 'pairs of people', humans?.intervals?.cohen_kappa),
    spreadOrWhy(
      humans?.error_consistency?.kappa,
      ofPeople.errors,
      'pairs of people',
      noInterval(named(view, intervalsWithNetworks)),
    ),
    null,
  ];
  const groups = view.groups.map(({ target, group }): Cell[] => {
    const why = whyNoAgreement(view, { raters: group.n_models, people: false });
    const { error_consistency: consistency } = group;
    return [
      ...[`Networks, ${targetTitle(target)}`, group.n_models, ...coefficients(view, group.n_models, group)],
      spreadOrWhy(group.cohen.kappa, why.pairs, 'pairs of models', noInterval(named(view, intervalsOfPeople))),
      spreadOrWhy(consistency.model_model.kappa, why.errors, 'pairs of models', group.intervals?.model_model_kappa),
      spreadOrWhy(
        consistency.human_model?.kappa,
        why.withPeople,
        'pairs of people and models',
        group.intervals?.human_model_kappa,
      ),
    ];
  });
  return withIntervals(view, {
    id: 'agreement',
    number: '',
    title: 'Agreement beyond chance',
    people: true,
    rows: [people, ...groups],
    columns: [
      ...[{ name: 'Raters' }, { name: 'n' }, ...coefficientColumns],
      { name: 'Cohen’s κ, pairs', decimals: 3, spread: true },
      { name: 'Error consistency κ, pairs', decimals: 3, spread: true },
      { name: named(view, 'Error consistency κ with people'), decimals: 3, spread: true },
    ],
    notes: [
      named(
        view,
        'Mean ± population standard deviation over pairs. Error consistency (Geirhos et al. 2020): whether two err on the same images, beyond what their accuracies alone make likely.',
      ),
      errorReferenceNote(view),
    ],
  });
}

/** Which label error consistency takes for the right one. */
export const errorReferenceNote = (study: StudyNumbers): string =>
  study.errorReference === 'truth'
    ? 'An answer is right if it is the image’s true class, as the stimulus set states it (the published way); images without a true class are left out.'
    : whyNotOfKind(study.response, 'single') !== null
      ? 'No true class is known for these images, and sets of labels do not say which single answer is right: there is no error consistency.'
      : named(
          study,
          'No true class is known for these images: an answer is right if it is the label of the majority of people who are not in the pair; ties are left out.',
        );

/** A measure of each pair of raters, and its means within people, within networks and between them. */
export interface PairMeans {
  measure: (typeof agreementMeasures)[number];
  people: Spread;
  /** Null: of people alone. */
  networks: { within: Spread; between: Spread } | null;
}

/** Agreement within people, within the networks of a group, and between them; pairs by one measure. */
export function pairAgreementExhibit(study: StudyNumbers, { measure, people, networks }: PairMeans): Exhibit {
  const [compared] = study.groups;
  const group = compared?.group;
  const labelers = named(study, 'People');
  const within = (
    of: Spread,
    what: Quantity['of'],
    why: WhyNoAgreement,
    interval: ShownInterval | ApiInterval | null | undefined,
  ): Quantity => meanCell(of, what, { reason: measure === 'errors' ? why.errors : why.pairs, interval });
  const rows: Cell[][] = [
    [
      ...[labelers, ...coefficients(study, study.labelers)],
      within(
        people,
        'pairs of people',
        whyNoAgreement(study, { raters: study.labelers, people: true }),
        measure === 'cohen'
          ? study.humans?.intervals?.cohen_kappa
          : measure === 'errors' && networks
            ? noInterval(named(study, intervalsWithNetworks))
            : null,
      ),
    ],
  ];
  if (networks && group) {
    const why = whyNoAgreement(study, { raters: group.n_models, people: false });
    const ofPeopleOnly = measure === 'cohen' ? noInterval(named(study, intervalsOfPeople)) : null;
    const apart = study.labelers === 0 ? nobody : (whyNotPersons(study) ?? constantPairs);
    rows.push(
      [
        ...['Networks', ...coefficients(study, group.n_models, group)],
        within(
          networks.within,
          'pairs of models',
          why,
          measure === 'errors' ? group.intervals?.model_model_kappa : ofPeopleOnly,
        ),
      ],
      [
        ...[`${labelers} and networks`, null, null],
        meanCell(networks.between, 'pairs of people and models', {
          reason: measure === 'errors' ? why.withPeople : apart,
          interval: measure === 'errors' ? group.intervals?.human_model_kappa : ofPeopleOnly,
        }),
      ],
    );
  }
  return withIntervals(study, {
    id: 'coefficients',
    number: '',
    people: true,
    rows,
    notes: measure === 'errors' ? [errorReferenceNote(study)] : [],
    title: networks ? 'Agreement within and between' : `Agreement among ${peopleWord(study)}`,
    columns: [
      ...[{ name: 'Raters' }, ...coefficientColumns],
      { key: 'pairs', name: `Pairs: ${agreementNames[measure]}`, decimals: 3, spread: true },
    ],
  });
}

/** Agreement among people, and the entropy of their labels. */
export function peopleMeasuresExhibit(study: StudyNumbers): Exhibit {
  const { humans, labelers } = study;
  // A single label always has entropy 0, which says nothing about the image.
  const entropies = humans?.entropy_bits.filter((_, image) => humans.status[image] !== null) ?? [];
  return withIntervals(study, {
    id: 'people-measures',
    number: '',
    title: `Agreement among ${peopleWord(study)}`,
    people: true,
    paper: true,
    notes: [],
    columns: [
      { name: 'Labelers' },
      { key: 'disagree_pct', name: 'Any differ', decimals: 1, unit: '%' },
      { key: 'pairwise_disagreement_pct', name: 'Two differ', decimals: 1, unit: '%', spread: true },
      ...coefficientColumns,
      { key: 'cohen', name: 'Cohen’s κ of two', decimals: 3, spread: true },
      { key: 'entropy', name: 'Entropy of an image’s labels (bits)', decimals: 3, spread: true },
    ],
    rows: [
      [
        ...[named(study, 'People'), peopleDisagree(study), peoplePairwise(study), ...coefficients(study, labelers)],
        meanCell(humans?.cohen?.kappa ?? spread([]), 'pairs of people', {
          interval: humans?.intervals?.cohen_kappa,
          reason: whyNoAgreement(study, { raters: labelers, people: true }).pairs,
        }),
        meanCell(spread(entropies), 'images', {
          reason: whyNotOfKind(study.response, 'shares') ?? noPeople(study),
        }),
      ],
    ],
  });
}

/** Every pair of error consistency: what the matrix is drawn from. */
export function errorConsistencyExhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target, group: { error_consistency: found } }) =>
    [found.model_model, ...(found.human_model ? [found.human_model] : [])].flatMap(({ pairs }) =>
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
    ),
  );
  return {
    id: 'error-consistency',
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

const scoreWords: Record<ScoreName | 'rms' | 'max', string> = {
  accuracy: 'Agrees with the majority of people',
  ece: 'Expected calibration error',
  rms: 'Root mean square calibration error',
  max: 'Maximum calibration error',
  nll_nats: 'Negative log likelihood, nats',
  brier_hard: 'Brier score',
  soft_xent_nats: 'Cross-entropy with people’s labels, nats',
  brier_soft: 'Brier score against people’s labels',
};

/** How well softmax says how often networks agree with people. */
export function calibrationExhibit(study: StudyView): Exhibit {
  const labeled = labeledImages(study);
  const rows = study.groups.flatMap((compared) => {
    const { target, group } = compared;
    const { scores, answers } = group;
    const errors = calibrationErrors(study, compared);
    const row = (name: keyof typeof scoreWords, over: Spread, ensemble: number | null): Cell[] => {
      const isSoft = name === 'soft_xent_nats' || name === 'brier_soft';
      const needed = name === 'accuracy' ? 'labels' : ['ece', 'rms', 'max'].includes(name) ? 'confidence' : 'softmax';
      const reason = whyNotKnown(answers, needed) ?? (isSoft ? noLabeledImage(study) : noMajority(study));
      return [
        ...[targetOfKey(target), named(study, scoreWords[name]), isSoft ? labeled : scores.ensemble.n],
        ...[meanCell(over, 'models', { reason }), orWhy(ensemble, whyNotKnown(answers, 'softmax') ?? reason)],
      ];
    };
    return scoreNames.flatMap((name) => [
      row(name, scores.over_models[name], scores.ensemble[name]),
      ...(name === 'ece' ? errors.map(({ error, over, ensemble }) => row(error, over, ensemble)) : []),
    ]);
  });
  return {
    id: 'calibration',
    number: '',
    title: named(study, 'Networks against the majority of people'),
    people: true,
    rows,
    columns: [
      ...[{ name: 'Target %' }, { name: 'Score' }, { key: 'images', name: 'Images' }],
      { key: 'networks', name: 'Per network', decimals: 3, spread: true },
      { key: 'ensemble', name: 'Mean softmax of all', decimals: 3 },
    ],
    notes: [
      named(
        study,
        'Images on which people have a majority, and for the two scores against people’s labels all labeled images; 15 bins of confidence, closed on the right.',
      ),
    ],
  };
}

/** Calibration errors of each network as far as its confidence is known, and of their mean softmax. */
function calibrationErrors(study: StudyView, { view }: ViewedGroup) {
  const { input, reference } = study.context();
  const { group, softmax, answers } = view();
  const together = ensembleScores(softmax.ensemble, reference).calibration;
  const kinds: [error: 'rms' | 'max', of: (calibration: Calibration) => number | null][] = [
    ['rms', (of) => of.rootMeanSquare()],
    ['max', (of) => of.largest()],
  ];
  return kinds.map(([error, of]) => ({
    error,
    over: spread(
      softmax.passes.map(({ calibration }, place) =>
        suffices(answersOf(at(input.models, at(group.members, place))), 'confidence') ? of(calibration) : null,
      ),
    ),
    ensemble: answers === 'softmax' ? of(together) : null,
  }));
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
export function divergenceExhibit(study: StudyNumbers): Exhibit {
  const rows = study.groups.flatMap(({ target, group: { divergence, n_models: models, intervals, answers } }) =>
    distanceNames.map((name): Cell[] => [
      ...[targetOfKey(target), named(study, distanceWords[name])],
      meanCell(spread(divergence.per_image[name]), 'images', {
        reason: whyNotKnown(answers, 'softmax') ?? noLabeledImage(study),
        interval: name === 'js_bits' ? intervals?.js_bits : noInterval(intervalOfDivergence),
      }),
      ...imageClasses.map((type) =>
        meanCell(divergence.by_class[name][type], 'images', {
          reason: whyNotKnown(answers, 'softmax') ?? whyNoType(study, models),
        }),
      ),
    ]),
  );
  return withIntervals(study, {
    id: 'divergence',
    number: '',
    title: named(study, 'Distance between labels of people and mean softmax'),
    people: true,
    rows,
    columns: [
      ...[{ name: 'Target %' }, { name: 'Distance' }, { key: 'all', name: 'All labeled images', decimals: 3 }],
      ...imageClasses.map((type) => ({ ...typeColumn(study, type), decimals: 3, spread: true })),
    ],
    notes: ['With few labels an image, even a perfect network has a distance above 0.'],
  });
}

const correlations = [
  ['pearson_vote', 'votes: Pearson'],
  ['spearman_vote', 'votes: Spearman'],
  ['pearson_predictive', 'softmax: Pearson'],
  ['spearman_predictive', 'softmax: Spearman'],
] as const;

const uncertainties = [
  ['total_bits', 'total'],
  ['aleatoric_bits', 'of each network'],
  ['epistemic_bits', 'between networks'],
] as const;

/** Whether networks are unsure where people are. */
export function certaintyExhibit(study: StudyNumbers): Exhibit {
  const labeled = labeledImages(study);
  const reason = whyNoCorrelation(study, labeled);
  const rows = study.groups.map(({ target, group: { entropy, uncertainty, answers, intervals } }): Cell[] => {
    const unknown = whyNotKnown(answers, 'softmax');
    const why = (key: string): string => (key.endsWith('_vote') ? reason : (unknown ?? reason));
    return [
      targetOfKey(target),
      ...correlations.map(([key]) =>
        quantity(entropy[key], labeled, 'images', { reason: why(key), interval: intervals?.[key] }),
      ),
      ...uncertainties.map(([key]) => meanCell(spread(uncertainty[key]), 'images', { reason: unknown ?? noImage })),
    ];
  });
  return withIntervals(study, {
    id: 'certainty',
    number: '',
    title: named(study, 'Certainty of networks and of people'),
    people: true,
    rows,
    columns: [
      { name: 'Target %' },
      ...correlations.map(([key, name]) => ({
        key,
        name: named(study, `Entropy of people and ${name}`),
        decimals: 3,
        interval: true,
      })),
      ...uncertainties.map(([key, name]) => ({ key, name: `Uncertainty, ${name}, bits`, decimals: 3 })),
    ],
    notes: [
      'Entropies in bits, an image each. Uncertainty between networks: the mutual information of label and network.',
    ],
  });
}

/** How many images have any label. */
const labeledImages = ({ humans }: StudyNumbers): number => (humans?.n_labels ?? []).filter((n) => n > 0).length;

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

/** @param raters number of people, or of networks of a group */
export function whyNoAgreement(
  study: StudyNumbers,
  { raters, people }: { raters: number; people: boolean },
): WhyNoAgreement {
  const { labelers } = study;
  const isByMajority = study.errorReference === 'majority';
  const others = (needed: number, what: string): string =>
    isByMajority && labelers > 0 && labelers < needed
      ? `Who is right takes ${what}: at least ${needed} ${peopleWord(study)}.`
      : noErrors;
  const missing = labelers === 0 ? nobody : null;
  const [noLabels, unknown] = [whyNotOfKind(study.response, 'single'), whyNotPersons(study)];
  const withPeople = missing ?? unknown ?? others(2, 'a majority of the others');
  if (!people) {
    const few = raters < 2 ? twoModels : null;
    return {
      together: few ?? allLabelsTheSame,
      pairs: few ?? constantPairs,
      errors: few ?? (isByMajority ? (missing ?? noLabels) : null) ?? noErrors,
      withPeople,
    };
  }
  const few = missing ?? (raters < 2 ? oneRater : null);
  const unshared = study.determined > 0 ? null : noPeople(study);
  return {
    together: few ?? noLabels ?? unshared ?? allLabelsTheSame,
    pairs: few ?? unknown ?? unshared ?? constantPairs,
    errors: few ?? unknown ?? others(3, 'a majority of those who are not in the pair'),
    withPeople,
  };
}
