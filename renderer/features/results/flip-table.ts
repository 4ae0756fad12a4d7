import type { AlongResult, FlipResult } from '../../../main/contract/api/results-charts.ts';
import type { ExportCell, ExportTable } from '../../ui/export/csv.ts';

const columns = [
  ...['Pair', 'Who', 'alpha*', 'alpha out', 'alpha in', 'flips', 'third classes', 'alpha* not defined'],
  ...['alpha* one by one: mean', 'alpha* one by one: std', 'alpha* one by one: n'],
  ...['shares cross', '95 % from, raters drawn', '95 % to, raters drawn', 'draws undefined', 'crossing not defined'],
  ...['delta alpha*', '|delta alpha*|', 'delta crossing', '|delta crossing|'],
];

/** Flip points as they are saved: a row for each pair and who, differences are those from people. */
export function flipTable(
  { pairs, groups, deltas }: AlongResult,
  people: string,
  name: (k: number) => string,
): ExportTable {
  const rows = pairs.flatMap((pair): ExportCell[][] => {
    const title = `${name(pair.i)} to ${name(pair.j)}`;
    return [
      [title, people, ...flipCells(pair.peopleFlip, name), null, null, null, null],
      ...pair.groups.map(({ flip, deltaStar, deltaCross }, at) => [
        ...[title, groups[at]?.title ?? '', ...flipCells(flip, name)],
        ...[deltaStar, size(deltaStar), deltaCross, size(deltaCross)],
      ]),
    ];
  });
  const means = deltas.map(({ star, absStar, cross, absCross }, at) => [
    ...['Mean over pairs', groups[at]?.title ?? '', ...new Array<null>(columns.length - 6).fill(null)],
    ...[star.value, absStar.value, cross.value, absCross.value],
  ]);
  return { columns, rows: [...rows, ...means] };
}

const size = (delta: number | null): number | null => (delta === null ? null : Math.abs(delta));

function flipCells(flip: FlipResult | null, name: (k: number) => string): ExportCell[] {
  if (!flip) return new Array<null>(14).fill(null);
  const { individuals, interval } = flip;
  return [
    ...[flip.star, flip.out, flip.in, flip.flips, flip.third.map(name).join(' '), flip.undefined],
    ...[individuals.value, individuals.std, individuals.n],
    ...[flip.cross, interval?.lo ?? null, interval?.hi ?? null, interval?.nNull ?? null, flip.crossUndefined],
  ];
}
