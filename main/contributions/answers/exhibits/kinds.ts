import type { HumanAnalysis } from '../../../analysis/groups/index.ts';
import { whyNotOfKind } from '../../../domain/results/index.ts';
import { groupOfKind, peopleOfKind } from '../analysis/part.ts';
import type { DescribedRatings } from '../analysis/ratings.ts';
import type { DescribedSets } from '../analysis/sets.ts';
import { percent, spread } from '../../../analysis/statistics/index.ts';
import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import {
  allLabelsTheSame,
  count,
  named,
  nobody,
  noPeople,
  quantity,
  type StudyNumbers,
  undefinedCell,
  whyUndetermined,
} from '../../../exhibits/parts/index.ts';
import { targetTitle } from '../../../domain/numbers/index.ts';

/** What answers other than single labels have besides (metrics.md 14). */

/** What only answers of this kind have. No rows for single labels and counts. */
export function kindExhibit(study: StudyNumbers): Exhibit {
  const { humans } = study;
  const { sets, ratings } = peopleOfKind(humans ?? {});
  if (sets) return setsExhibit(study, sets);
  if (humans && ratings) return ratingsExhibit(study, humans, ratings);
  return cannotTellExhibit(study);
}

const targetText = (target: string): string => (target === '' ? '' : `, ${targetTitle(target)}`);

/** How far sets of labels agree, and whether they have the labels of networks in them (metrics.md 14.3). */
function setsExhibit(study: StudyNumbers, { compatible, mean_set_size, krippendorff_jaccard }: DescribedSets): Exhibit {
  const known = compatible.filter((one) => one !== null);
  const both = percent(known.filter(Boolean).length, known.length);
  return {
    id: 'sets',
    number: '',
    title: 'Answers that are sets of labels',
    people: true,
    columns: [{ name: 'Measure' }, { key: 'value', name: 'Value', decimals: 3 }, { key: 'n', name: 'Images' }],
    rows: [
      ['There is a class that all name, %', count(both, { reason: noPeople(study) }), known.length],
      [
        'Classes in an answer, mean',
        count(mean_set_size, { reason: nobody }),
        study.humans?.n_labels.filter((n) => n > 0).length ?? 0,
      ],
      [
        'Krippendorff’s α of sets',
        count(krippendorff_jaccard, { reason: study.determined > 0 ? allLabelsTheSame : noPeople(study) }),
        known.length,
      ],
      ...study.groups.map(({ target, group }): Cell[] => {
        const { covered_pct: covered = [] } = groupOfKind(group);
        return [
          `Answers that name a network’s label, %${target === '' ? '' : `; networks at ${targetTitle(target)}`}`,
          count(spread(covered).mean, { reason: nobody }),
          spread(covered).n,
        ];
      }),
    ],
    notes: [
      named(
        study,
        'A person’s vote is split evenly among the classes named: shares, certainty, entropy, the majority and distances are of split votes. People agree on an image if all name one and the same class and no other. α takes two sets to be the farther apart, the smaller their overlap (Jaccard). Split votes are no counts of labels: coefficients of single labels are undefined.',
      ),
    ],
  };
}

/** How far ratings agree, beside preferred labels (metrics.md 14.4). */
function ratingsExhibit(
  study: StudyNumbers,
  humans: HumanAnalysis,
  { score, krippendorff_interval }: DescribedRatings,
): Exhibit {
  const rated = score.n.filter((n) => n > 0).length;
  const noScore = study.labelers === 0 ? nobody : 'No image lies between two classes that somebody rated both.';
  const several = study.determined > 0 ? allLabelsTheSame : noPeople(study);
  return {
    id: 'ratings',
    number: '',
    title: 'Answers that are ratings',
    people: true,
    columns: [
      { name: 'Measure' },
      { key: 'labels', name: 'Preferred labels', decimals: 3 },
      { key: 'ratings', name: 'Ratings', decimals: 3 },
    ],
    rows: [
      [
        'Krippendorff’s α',
        count(humans.krippendorff_alpha, { reason: several }),
        quantity(krippendorff_interval, score.n.filter((n) => n > 1).length, 'images', {
          reason: rated === 0 ? noScore : 'All differences of ratings are the same, or nobody shares an image.',
        }),
      ],
      [
        named(study, 'Images on which people disagree, %'),
        count(humans.disagree_pct, { reason: noPeople(study) }),
        null,
      ],
      [
        'Standard deviation of an image’s ratings, mean',
        null,
        quantity(spread(score.sd).mean, spread(score.sd).n, 'images', { reason: noScore }),
      ],
      ['Certainty, entropy and distances', null, undefinedCell(whyNotOfKind('graded', 'shares') ?? '')],
    ],
    notes: [
      named(
        study,
        'Preferred label: the one class that a person rated highest; missing in a tie; all tables of labels are of these. Ratings: that of the second class of a pair less that of the first, of people who rated both; their α is for numbers (interval). Where people cross along alpha, the mean of this difference changes its sign.',
      ),
    ],
  };
}

/** Measures of labels only, beside those that take “can’t tell” for an answer. No rows where it was none. */
function cannotTellExhibit(study: StudyNumbers): Exhibit {
  const { humans, determined } = study;
  const found = peopleOfKind(humans ?? {}).with_abstain;
  const reason = noPeople(study);
  const row = (
    name: string,
    labels: number | null | undefined,
    all: number | null | undefined,
    why = reason,
  ): Cell[] => [...[name, count(labels, { reason: why }), count(all, { reason: why })]];
  const mean = (bits: readonly (number | null)[]): number | null => spread(bits).mean;
  const rows: Cell[][] =
    humans && found
      ? [
          ['Answers that are “can’t tell”, %', null, count(found.abstain_pct, { reason })],
          row(named(study, 'People disagree, % of images'), humans.disagree_pct, found.disagree_strict_pct),
          row('Fleiss’ κ', humans.fleiss_kappa, found.fleiss_with_abstain, determined > 0 ? allLabelsTheSame : reason),
          row(
            'Krippendorff’s α',
            humans.krippendorff_alpha,
            found.krippendorff_with_abstain,
            determined > 0 ? allLabelsTheSame : reason,
          ),
          row('Entropy of an image’s answers, bits', mean(humans.entropy_bits), mean(found.entropy_with_abstain_bits)),
          ...study.groups.flatMap(({ target, group }) => {
            const { types, n_models: models } = group;
            const { strict } = groupOfKind(group);
            const why = whyUndetermined(study, models);
            const at = targetText(target);
            return [
              row(`Type A${at}, % of images`, types?.type_a_pct, strict?.type_a_strict_pct, why),
              row(`Type C${at}, % of images`, types?.type_c_pct, strict?.type_c_strict_pct, why),
            ];
          }),
        ]
      : [];
  return {
    id: 'cannot-tell',
    number: '',
    title: 'What “can’t tell” changes',
    people: true,
    rows,
    columns: [
      { name: 'Measure' },
      { key: 'labels', name: 'Labels only', decimals: 3 },
      { key: 'strict', name: 'With “can’t tell”', decimals: 3 },
    ],
    notes: [
      named(
        study,
        'Labels only: “can’t tell” is a missing label, as in all other tables. With it: people agree on an image if all gave one label and nobody answered “can’t tell”; where nobody gave a label the image does not count. In κ, α and entropy it is one more class.',
      ),
    ],
  };
}
