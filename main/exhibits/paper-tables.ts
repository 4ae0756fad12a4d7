import { haveShares, whyNotOfKind } from '../domain/results/response-kinds.ts';
import { whyNotKnown } from '../analysis/labels/known-answers.ts';
import { type ImageClass, imageClasses, type Fig2 } from '../analysis/outcomes/image-types.ts';
import { hcClasses } from '../analysis/raters/humans.ts';
import type { Spread } from '../analysis/statistics/spread.ts';
import type { SumValue } from '../analysis/claims/table-sums.ts';
import type { Cell, Column, Exhibit, Group, Quantity, Which } from '../contract/results/exhibit.ts';
import { formatNames, peopleWord } from '../domain/numbers/format.ts';
import { count, meanCell, noInterval, printed, quantity, undefinedCell, withIntervals } from './parts/cells.ts';
import { paperTable5, paperTypes } from './parts/paper-values.ts';
import {
  intervalOfAnyDiffer,
  noAgreedImage,
  noHumanCertainty,
  noPeople,
  noTwoPeople,
  twoModels,
  whyNoType,
  whyUndetermined,
} from './parts/reasons.ts';
import { type ComparedGroup, named, type StudyNumbers, typeColumn, typeInFiles } from './parts/study-numbers.ts';
import { absenceText } from '../domain/results/absences.ts';
import { targetOfKey } from '../domain/numbers/targets.ts';

/** Tables 1 to 5 and Figure 2 of the paper. To add a column, add it to `columns` and its cell to the rows. */

const target: Column = { key: 'target', name: 'Target %', heading: 'Target', unit: '%' };
const networks: Column = { key: 'networks', name: 'Networks' };
const percent = (key: string, name: string): Column => ({ key, name, decimals: 1, unit: '%' });

/** At most this many absent models are named. */
const mostNamed = 4;

/** The target of a group, or its title. */
export const groupHead = ({ target: accuracy, title }: ComparedGroup): Cell =>
  accuracy === '' ? (title ?? 'Chosen networks') : targetOfKey(accuracy);

/** The paper's values are those of its diverse groups. */
const paperRow = <T>(
  study: StudyNumbers,
  { choice, target: accuracy }: ComparedGroup,
  rows: (paper: NonNullable<StudyNumbers['paper']>) => Record<string, T>,
): T | undefined => (study.paper && choice.kind === 'diverse' ? rows(study.paper)[accuracy] : undefined);

/** How many models a group has, and which are absent. `printedAt`: the paper has this target. */
function networksCell(study: StudyNumbers, { group, absent }: ComparedGroup, inPaper: boolean): Quantity {
  return count(group.n_models, {
    paper: inPaper ? printed(study.paper?.networks_per_target) : null,
    note: formatNames(
      absent.map(({ model, why }) => `${model} ${absenceText(why)}`),
      mostNamed,
    ),
  });
}

const missedCount = ({ absent }: ComparedGroup): number => absent.filter(({ why }) => why === 'missed').length;

/** Shares of the images with two labels or more. */
function shares(study: StudyNumbers, { group, choice }: ComparedGroup, reason: string) {
  return (value: number | null | undefined, name: SumValue, which: Which, theirs?: number): Quantity =>
    quantity(value, study.determined, 'images', {
      reason,
      interval: group.intervals?.[name],
      paper: printed(theirs),
      counts: { group: choice, which },
    });
}

/** Table 1: images by type. */
export function table1(study: StudyNumbers): Exhibit {
  return withIntervals(study, {
    id: 'table-1',
    number: 'Table 1',
    title: 'Images by type',
    people: true,
    paper: true,
    columns: [
      ...[target, networks],
      ...imageClasses.map((name): Column => ({ key: name, ...typeColumn(study, name) })),
      ...[
        { key: 'exceptions', name: 'of these exceptions' },
        { key: 'images', name: 'Images' },
      ],
      ...imageClasses.map(
        (name): Column => ({
          ...percent(`${name}_pct`, `${typeInFiles(study, name)}, %`),
          hiddenOn: ['page', 'latex'],
        }),
      ),
    ],
    rows: study.groups.map((compared): Cell[] => {
      const { group, choice, target: accuracy } = compared;
      const reason = whyUndetermined(study, group.n_models);
      const types = group.types && study.determined > 0 ? group.types : null;
      const paper = choice.kind === 'diverse' ? paperTypes(study.paper, accuracy) : null;
      const share = shares(study, compared, reason);
      const theirs = paperRow(study, compared, ({ table3: rows }) => rows);
      const paperShares: Partial<Record<ImageClass, number | undefined>> = {
        type_a: theirs?.type_a_pct,
        type_c: theirs?.type_c_pct,
      };
      const paperShare = (name: ImageClass): number | undefined =>
        paper ? (paperShares[name] ?? (100 * paper[name]) / paper.images) : undefined;
      const ofType = (name: ImageClass): Which => ({ kind: 'type', type: name });
      return [
        ...[groupHead(compared), networksCell(study, compared, paper !== null)],
        ...imageClasses.map((name) =>
          count(types?.counts[name], {
            reason,
            paper: printed(paper?.[name]),
            counts: { group: choice, which: ofType(name) },
          }),
        ),
        count(types?.n_exception, { reason, counts: { group: choice, which: { kind: 'exceptions' } } }),
        count(types?.n_images, { reason, paper: printed(paper?.images) }),
        ...imageClasses.map((name) =>
          share(types && (100 * types.counts[name]) / types.n_images, `${name}_pct`, ofType(name), paperShare(name)),
        ),
      ];
    }),
    notes: [
      named(
        study,
        'Type A: only networks disagree. Type B: both disagree, or both agree on one label. Type C: only people disagree. Exceptions: people agree on one label, networks on another. They are counted in “both agree”.',
      ),
    ],
  });
}

/** Table 2: misclassified and disagreed on, percent. The last row is of people. */
export function table2(study: StudyNumbers): Exhibit {
  return withIntervals(study, {
    id: 'table-2',
    number: 'Table 2',
    title: 'Misclassified and disagreeing, percent of images',
    people: true,
    paper: true,
    columns: [
      ...[target, networks],
      { ...percent('misclassified_per_model_pct', 'Misclassified per network'), spread: true },
      percent('misclassified_across_pct', 'Misclassified by any'),
      { ...percent('pairwise_disagreement_pct', 'Two networks differ'), heading: 'Two differ', spread: true },
      { ...percent('all_disagree_pct', 'Any networks differ'), heading: 'Any differ' },
      {
        ...percent('misclassified_of_agreed_pct', named(study, 'Misclassified of those that people agree on')),
        spread: true,
        hiddenOn: ['page', 'latex'],
      },
    ],
    rows: [...study.groups.map((group) => table2Row(study, group)), peopleRow(study)],
    notes: [
      named(
        study,
        '± population standard deviation: how much networks, or pairs of raters, differ; the bracket is about the mean. Misclassified: another label than the one on which all people agree.',
      ),
      ...denominators(study),
    ],
  });
}

function table2Row(study: StudyNumbers, compared: ComparedGroup): Cell[] {
  const { group, choice } = compared;
  const { table2: own, intervals } = group;
  const paper = paperRow(study, compared, ({ table2: rows }) => rows);
  const reason = noPeople(study);
  const misclassified = { group: choice, which: { kind: 'misclassified' } } as const;
  const differ = { group: choice, which: { kind: 'networks-disagree', determined: false } } as const;
  return [
    ...[groupHead(compared), networksCell(study, compared, paper !== undefined)],
    meanCell(own.misclassified_per_model_pct, 'models', {
      reason,
      paper: paper?.misclassified_per_model_pct,
      counts: misclassified,
      interval: intervals?.misclassified_per_model_pct,
    }),
    shares(study, compared, reason)(
      own.misclassified_across_pct,
      ...(['misclassified_across_pct', misclassified.which] as const),
      paper?.misclassified_across_pct,
    ),
    meanCell(own.pairwise_disagreement_pct, 'pairs of models', {
      reason: twoModels,
      paper: paper?.pairwise_disagreement_pct,
      counts: differ,
      interval: intervals?.pairwise_disagreement_pct,
    }),
    quantity(own.all_disagree_pct, study.images, 'images', {
      reason: twoModels,
      paper: printed(paper?.all_disagree_pct),
      counts: differ,
      interval: intervals?.any_differ_pct,
    }),
    meanCell(own.misclassified_of_agreed_pct, 'models', { reason: noAgreedImage(study), counts: misclassified }),
  ];
}

function peopleRow(study: StudyNumbers): Cell[] {
  return [
    ...[peopleWord(study), labelersCell(study)],
    ...[null, null, { ...peoplePairwise(study), interval: noInterval(named(study, intervalOfAnyDiffer)) }],
    ...[peopleDisagree(study), null],
  ];
}

const labelersCell = (study: StudyNumbers): Quantity =>
  count(study.labelers, {
    paper: printed(study.paper?.labelers),
    note: study.isAnonymous ? 'labels an image at most' : study.rehearsal ? 'simulated labelers' : 'labelers',
  });

/** How often two people differ. */
export const peoplePairwise = (study: StudyNumbers): Quantity =>
  meanCell(study.humans?.pairwise_disagreement_pct ?? nothing, study.isAnonymous ? 'images' : 'pairs of people', {
    reason: whyNotOfKind(study.response, 'single') ?? noTwoPeople(study),
    paper: study.paper?.human_pairwise_disagreement_pct,
    counts: { group: null, which: { kind: 'people-disagree' } },
  });

/** Share of images on which people do not all agree. */
export const peopleDisagree = (study: StudyNumbers): Quantity =>
  quantity(study.humans?.disagree_pct, study.determined, 'images', {
    reason: noPeople(study),
    interval: study.humans?.intervals?.human_disagree_pct,
    paper: printed(study.paper?.human_disagree_pct),
    counts: { group: null, which: { kind: 'people-disagree' } },
  });

const nothing: Pick<Spread, 'mean' | 'std' | 'n'> = { mean: null, std: null, n: 0 };

/** Networks can be compared on every image, people and networks only on those that people labeled (metrics.md 2.2). */
function denominators({ images, determined }: StudyNumbers): string[] {
  if (determined === 0 || determined === images) return [];
  return [`Of the ${determined} images with two labels or more; where networks differ, of all ${images}.`];
}

/** Table 3: shares of types, percent of the images with two labels or more. */
export function table3(study: StudyNumbers): Exhibit {
  return withIntervals(study, {
    id: 'table-3',
    number: 'Table 3',
    title: 'Types by target accuracy, percent',
    people: true,
    paper: true,
    columns: [
      ...[target, networks],
      { name: 'Missed', hiddenOn: ['page'] },
      { name: 'Images', hiddenOn: ['page'] },
      percent('nn_disagree_pct', 'Networks disagree'),
      percent('type_a_pct', 'Type A'),
      percent('type_b_pct', 'Type B'),
      percent('type_c_pct', 'Type C'),
      percent('exception_pct', 'Exceptions'),
    ],
    rows: study.groups.map((compared): Cell[] => {
      const { types, n_models: models } = compared.group;
      const paper = paperRow(study, compared, ({ table3: rows }) => rows);
      const share = shares(study, compared, whyUndetermined(study, models));
      return [
        ...[groupHead(compared), networksCell(study, compared, paper !== undefined), missedCount(compared)],
        count(types?.n_images ?? 0, { paper: paper && study.paper ? printed(imagesOfPaper(study.paper)) : null }),
        share(types?.nn_disagree_pct, 'nn_disagree_pct', networksDisagree, paper?.nn_disagree_pct),
        share(types?.type_a_pct, 'type_a_pct', { kind: 'type', type: 'type_a' }, paper?.type_a_pct),
        share(types?.type_b_pct, 'type_b_pct', { kind: 'type-b' }),
        share(types?.type_c_pct, 'type_c_pct', { kind: 'type', type: 'type_c' }, paper?.type_c_pct),
        share(types?.exception_pct, 'exception_pct', { kind: 'exceptions' }),
      ];
    }),
    notes: [
      named(
        study,
        'Type A: only networks disagree. Type B: both disagree, or both agree on one label. Type C: only people disagree. Exceptions: people agree on one label, networks on another. Type A grows with the number of networks. Missed: networks that never came close enough to the target.',
      ),
    ],
  });
}

const networksDisagree: Which = { kind: 'networks-disagree', determined: true };

const imagesOfPaper = ({ pairs, alphas }: NonNullable<StudyNumbers['paper']>): number => pairs.length * alphas.length;

/** Table 4: largest softmax by type. */
export function table4(study: StudyNumbers): Exhibit {
  return withIntervals(study, {
    id: 'table-4',
    number: 'Table 4',
    title: 'Largest softmax by type',
    people: true,
    paper: true,
    columns: [
      ...[target, networks],
      ...imageClasses.map((name): Column => ({ key: name, ...typeColumn(study, name), decimals: 3, spread: true })),
      ...['A', 'both disagree', 'both agree', 'C'].map((name): Column => ({ name: `n, ${name}`, hiddenOn: ['page'] })),
    ],
    rows: study.groups.map((compared): Cell[] => {
      const { group, choice } = compared;
      const paper = paperRow(study, compared, ({ table4_max_softmax: rows }) => rows);
      const reason = whyNotKnown(group.answers, 'confidence') ?? whyNoType(study, group.n_models);
      return [
        ...[groupHead(compared), networksCell(study, compared, paper !== undefined)],
        ...imageClasses.map((name) => {
          const [mean, std] = paper?.[name] ?? [];
          return meanCell(group.table4[name], 'values', {
            reason,
            paper: mean === undefined || std === undefined ? null : { mean, std },
            interval: group.intervals?.[`max_softmax_${name}`],
            counts: { group: choice, which: { kind: 'type', type: name } },
          });
        }),
        ...imageClasses.map((name) => group.table4[name].n),
      ];
    }),
    notes: ['Mean ± population standard deviation over all networks and images of the type; n predictions.'],
  });
}

const ofSeeds: Column[] = [
  { key: 'architecture', name: 'Architecture', heading: 'Networks' },
  { key: 'target', name: 'Target %', unit: '%' },
];

const certaintyKey = (certainty: number): string => `certainty_${certainty}`;

/** Table 5: certainty of seed groups by certainty of people, percent. The first row counts the images. */
export function table5(study: StudyNumbers): Exhibit {
  const images = study.humans?.hc_counts ?? {};
  const classes = hcClasses.filter((certainty) => images[String(certainty)] !== undefined);
  const inPaper = study.paper?.table5_model_certainty_pct.human_certainty_classes ?? [];
  const reason = noHumanCertainty(study);
  const counts = (certainty: number): Quantity['counts'] => ({
    group: null,
    which: { kind: 'human-certainty', percent: certainty },
  });
  const imageRow = [
    ...['Images', null],
    ...classes.map((certainty) =>
      haveShares(study.response)
        ? count(images[String(certainty)], { counts: counts(certainty) })
        : undefinedCell(reason),
    ),
  ];
  return {
    id: 'table-5',
    number: 'Table 5',
    people: true,
    paper: true,
    heads: 2,
    title: `Certainty of networks by certainty of ${peopleWord(study)}, percent`,
    columns: [
      ...ofSeeds,
      ...classes.map(
        (certainty): Column => ({
          key: certaintyKey(certainty),
          name: `${certainty} %`,
          decimals: 1,
          spread: true,
          ...(images[String(certainty)] === 0 && !inPaper.includes(certainty) && { hiddenOn: ['page'] }),
        }),
      ),
    ],
    rows: [
      imageRow,
      ...study.seedCells.map(({ architecture, target: accuracy, table5: row }): Cell[] => [
        ...[architecture, accuracy],
        ...classes.map((certainty) =>
          meanCell(row[String(certainty)] ?? nothing, 'repeats', {
            reason,
            counts: counts(certainty),
            paper: paperTable5(study.paper, String(accuracy), architecture, certainty),
          }),
        ),
      ]),
    ],
    notes: [
      named(
        study,
        'Columns: share of people who gave the most frequent label. Cells: the same share among the networks of a seed group; mean ± population standard deviation over seed groups of the mean over the images of a class.',
      ),
    ],
  };
}

/** Figure 2: types against accuracy. */
export function figure2(study: StudyNumbers): Exhibit {
  const repeats = [...new Set(study.seedCells.flatMap((cell) => cell.repeats))].sort((a, b) => a - b);
  const reason = study.determined > 0 ? twoModels : noPeople(study);
  return {
    id: 'figure-2',
    number: 'Figure 2',
    title: 'Types against accuracy, seed groups',
    people: true,
    heads: 2,
    columns: [
      ...ofSeeds,
      { key: 'groups', name: 'Groups' },
      { ...percent('type_a_pct', 'Type A %'), spread: true },
      { ...percent('type_c_pct', 'Type C %'), spread: true },
      { ...percent('nn_disagree_pct', 'Networks disagree %'), spread: true },
      ...repeats.flatMap((repeat): Column[] => [
        { ...percent(repeatKey('type_a_pct', repeat), `Type A %, repeat ${repeat}`), ...ofRepeat(repeat, 'A') },
        { ...percent(repeatKey('type_c_pct', repeat), `Type C %, repeat ${repeat}`), ...ofRepeat(repeat, 'C') },
      ]),
    ],
    rows: study.seedCells.map(({ architecture, target: accuracy, repeats: own, fig2 }): Cell[] => {
      const mean = (of: Fig2['type_a_pct']): Quantity => meanCell(of, 'repeats', { reason });
      const single = (name: 'type_a_pct' | 'type_c_pct', repeat: number): Cell => {
        const at = own.indexOf(repeat);
        if (at < 0) return null;
        const group: Group = { kind: 'seeds', architecture, target: accuracy, repeat };
        const which: Which = { kind: 'type', type: name === 'type_a_pct' ? 'type_a' : 'type_c' };
        return quantity(fig2[name].per_repeat[at], study.determined, 'images', { reason, counts: { group, which } });
      };
      return [
        ...[architecture, accuracy, fig2.type_a_pct.n],
        ...[mean(fig2.type_a_pct), mean(fig2.type_c_pct), mean(fig2.nn_disagree_pct)],
        ...repeats.flatMap((repeat) => [single('type_a_pct', repeat), single('type_c_pct', repeat)]),
      ];
    }),
    notes: ['Mean ± population standard deviation over groups: how much groups differ, and no interval.'],
  };
}

/** A single group's column in Figure 2. */
const ofRepeat = (repeat: number, type: string): Partial<Column> => ({
  heading: `Repeat ${repeat}: ${type}`,
  hiddenOn: ['latex'],
});

const repeatKey = (name: string, repeat: number): string => `${name} ${repeat}`;
