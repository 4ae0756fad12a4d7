import type { ShownInterval } from '../analysis/claims/claims.ts';
import { type ImageClass, imageClasses } from '../analysis/outcomes/image-types.ts';
import type { SumValue } from '../analysis/claims/table-sums.ts';
import type { Cell, Exhibit } from '../contract/results/exhibit.ts';
import { choiceText, unitsText } from '../domain/results/claims.ts';
import { peopleWord } from '../domain/numbers/format.ts';
import { count, intervalMethod, orWhy, toInterval } from './parts/cells.ts';
import { named, typeInFiles } from './parts/study-numbers.ts';
import type { View } from './view.ts';
import { targetTitle } from '../domain/numbers/targets.ts';

/** A value, under a claim. */
function row(whose: string, name: string, title: string, found: ShownInterval | undefined, people: string): Cell[][] {
  const shown = toInterval(found);
  if (!found || !shown) return [];
  const { estimate, lo, hi, claim, about, df } = found;
  const why = { reason: shown.undefined ?? '' };
  // Shares and coefficients stand in one column.
  const value = (of: number | null): Cell => ({ ...count(of, why), ...(name.endsWith('_pct') && { decimals: 1 }) });
  return [
    [
      ...[whose, title, choiceText(claim, people, about), unitsText(found, [], people)],
      ...[value(estimate), value(lo), value(hi), orWhy(df, why.reason)],
    ],
  ];
}

/** Intervals of shares and coefficients, and for whom each holds. */
export function intervalsExhibit(view: View): Exhibit {
  const people = peopleWord(view);
  const ofPeople = view.data.analysis?.humans.intervals;
  const rows = [
    ...[...Object.entries(peopleTitles), ...addedTitles(view, 'people')].flatMap(([name, title]) =>
      row(view.people, name, title, ofPeople?.[name], people),
    ),
    ...view.groups.flatMap(({ target, group }) =>
      [...Object.entries(networkTitles(view)), ...addedTitles(view, 'groups')].flatMap(([name, title]) =>
        row(`Networks, ${targetTitle(target)}`, name, title, group.intervals?.[name], people),
      ),
    ),
  ];
  return {
    id: 'intervals',
    number: '',
    title: '95 % intervals',
    people: true,
    rows,
    columns: [
      ...[{ name: 'Of' }, { name: 'Statistic' }, { name: 'Holds for other anchors, with' }, { name: 'Units' }],
      ...['Value', 'From', 'To'].map((name) => ({ name, decimals: 3 })),
      { name: 'Degrees of freedom', heading: 'df', decimals: 1 },
    ],
    notes: [
      intervalMethod,
      named(
        view,
        'Every interval of this table holds for other anchors and pairs of classes (for other images, where these lie between no classes), with these networks and people, or also with others like them. Units: what is independent, anchors where pairs of classes share them, else pairs, or images without pairs. Degrees of freedom (df): how much is known of the spread; with few, intervals are wide.',
      ),
      ...(view.choice.formats.includes('json')
        ? [
            'tables.json has these as “intervals”, and as “bootstrap” the percentile intervals of metrics.md 8, which are too narrow where pairs share anchors.',
          ]
        : []),
    ],
  };
}

const peopleTitles = {
  human_disagree_pct: 'Do not all agree, %',
  krippendorff_alpha: 'Krippendorff’s α',
  fleiss_kappa: 'Fleiss’ κ',
} as const;

function networkTitles(view: View): Partial<Record<SumValue, string>> {
  const share = (name: ImageClass, unit = ', %'): string => `${typeInFiles(view, name)}${unit}`;
  return {
    any_differ_pct: 'Any networks differ, % of all images',
    pairwise_disagreement_pct: 'Two networks differ, % of all images',
    nn_disagree_pct: 'Networks disagree, % of images with two labels or more',
    type_a_pct: share('type_a'),
    both_disagree_pct: share('both_disagree'),
    both_agree_pct: share('both_agree'),
    type_c_pct: share('type_c'),
    type_b_pct: 'B: both disagree, or agree on one label, %',
    exception_pct: 'Exceptions: both agree, each on another label, %',
    misclassified_per_model_pct: 'Misclassified per network, %',
    misclassified_across_pct: 'Misclassified by any, %',
    js_bits: `Jensen–Shannon divergence from ${peopleWord(view)}, bits, of labeled images`,
    ...Object.fromEntries(imageClasses.map((name) => [`max_softmax_${name}`, `Largest softmax, ${share(name, '')}`])),
  };
}

/** Those of statistics that contributions add, of people alone or of groups. */
const addedTitles = (view: View, of: 'people' | 'groups'): [name: string, title: string][] =>
  (view.data.added?.analysis ?? [])
    .flatMap(({ statistics }) => statistics)
    .flatMap((one) =>
      one.title !== null && (one.of === 'people') === (of === 'people') ? [[one.name, named(view, one.title)]] : [],
    );
