import type { Quantity } from '../contract/results/exhibit.ts';
import type { BarsChart, Figure } from '../contract/results/figure.ts';
import { quantityAt } from '../domain/results/exhibits.ts';
import { formatCount, peopleWord } from '../domain/numbers/format.ts';
import { typeTitle } from '../domain/stimuli/image-types.ts';
import { targetTitle } from '../domain/numbers/targets.ts';
import { bandsNote } from './parts/cells.ts';
import { groupHead, table3 } from './paper-tables.ts';
import type { StudyNumbers } from './parts/study-numbers.ts';

/** Types of Table 3 as bars, for each group of networks. */
export function typesFigure(study: StudyNumbers): Figure {
  const table = table3(study);
  const people = peopleWord(study);
  const series = [
    { key: 'type_a_pct', short: 'Type A', name: typeTitle('type_a', people), hue: 'type_a' },
    { key: 'type_c_pct', short: 'Type C', name: typeTitle('type_c', people), hue: 'type_c' },
    { key: 'nn_disagree_pct', short: 'Networks disagree', name: 'Networks disagree', hue: 'both_agree' },
  ] as const;
  const first = quantityAt(table, 0, 'type_a_pct');
  const isKnown = table.rows.some((_, row) => quantityAt(table, row, 'type_a_pct')?.value != null);
  const intervals = table.rows.flatMap((_, row) =>
    series.flatMap(({ key }) => quantityAt(table, row, key)?.interval ?? []),
  );
  const bars = bandsNote(intervals, people, 'Error bars');
  const chart: BarsChart = {
    kind: 'bars',
    title: '',
    n: `n = ${formatCount(first?.n ?? 0, 'image')}`,
    xTitle: 'Target accuracy, or a group of networks',
    y: { title: 'Percent of images', decimals: 1 },
    intervalName: first?.interval?.lo == null ? '± std' : '95 % interval',
    series: series.map(({ name, hue }) => ({ name, hue })),
    categories: study.groups.map((compared, row) => {
      const name = compared.target === '' ? String(groupHead(compared)) : targetTitle(compared.target);
      return {
        name,
        bars: series.map(({ key, short }) => barOf(quantityAt(table, row, key), `${short} at ${name}`)),
      };
    }),
  };
  return {
    id: 'types-figure',
    title: 'Types by target',
    people: true,
    charts: isKnown ? [chart] : [],
    notes: isKnown ? (bars === null ? [] : [bars]) : [`Types by target are not defined. ${first?.undefined ?? ''}`],
  };
}

/** A number as a bar with its interval, else mean ± std; null: it is not defined. */
function barOf(of: Quantity | null, title: string): BarsChart['categories'][number]['bars'][number] {
  if (of?.value == null) return null;
  const { value, std, n, interval, paper, counts } = of;
  const ends = interval ? [interval.lo, interval.hi] : std === null ? [] : [value - std, value + std];
  const [lo = null, hi = null] = ends;
  return {
    value,
    n: n ?? 0,
    ...(lo !== null && hi !== null && { interval: [lo, hi] as [number, number] }),
    ...(paper && { paper: paper.mean }),
    ...(counts && { opens: { kind: 'which', ...counts, title } as const }),
  };
}
