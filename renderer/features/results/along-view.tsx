import { MultiSelect, SegmentedControl, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AlongResult, FlipResult } from '../../../main/contract/api/results-charts.ts';
import type { Group } from '../../../main/contract/exhibit.ts';
import { useApi } from '../../client/context.tsx';
import { BoundaryStrip } from '../../ui/boundary-strip.tsx';
import { ScrollBox, TableHead } from '../../ui/plain-table.tsx';
import { QueryResult, IntervalNote } from './notes.tsx';
import { parseGroup, groupText, useOpenImages, useParameters } from './address.ts';
import { groupOptions, useChoice } from './choice.tsx';
import { usePictures } from './use-pictures.ts';
import { type ChartMarker, LineChart, type LineSeries } from '../../charts/line-chart.tsx';
import { architectureColour, ArchitectureShape } from '../../ui/badges.tsx';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { labelersText, networksText } from './type-names.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { quantityAt } from '../../../main/domain/exhibits.ts';
import { formatFixed } from '../../../main/domain/format.ts';
import { Undefined } from '../../ui/values.tsx';
import { Interval, QuantityText } from './quantity.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import type { ExportCell, ExportTable } from '../../ui/export/csv.ts';
import { sameAlpha } from '../../../main/domain/stimulus-set.ts';

/** Groups that can be added to the chosen one. */
const maxOtherGroups = 7;

/** One pair along alpha: shares of people and of each group, flip points, third classes. */
export function AlongView() {
  const api = useApi();
  const { overview, study, labelers, group } = useChoice();
  const chosen = group && groupText(group);
  const [parameters, change] = useParameters();
  const more = (parameters.get('with') ?? '')
    .split(';')
    .flatMap((text) => parseGroup(text) ?? [])
    .slice(0, maxOtherGroups);
  const groups = group ? [group, ...more.filter((each) => groupText(each) !== chosen)] : [];
  const along = useQuery(
    api.results.along.queryOptions({ input: { study, labelers, groups }, placeholderData: keepPreviousData }),
  );
  const others = groupOptions(overview)
    .map(({ group: section, items }) => ({
      group: section,
      items: items.filter(({ value }) => value !== chosen),
    }))
    .filter(({ items }) => items.length > 0);
  return (
    <>
      {others.length > 0 && (
        <MultiSelect
          label="Compare with"
          description={`Up to ${maxOtherGroups} more groups`}
          placeholder={more.length === 0 ? 'Choose groups' : ''}
          searchable
          hidePickedOptions
          maxValues={maxOtherGroups}
          maxDropdownHeight={420}
          maw={720}
          data={others}
          value={groups.slice(1).map(groupText)}
          onChange={(texts) => change({ with: texts.length === 0 ? null : texts.join(';') }, true)}
        />
      )}
      <QueryResult query={along}>{(data) => <Pairs along={data} groups={groups} />}</QueryResult>
    </>
  );
}

interface PairsProps {
  along: AlongResult;
  /** In the order of `along.groups`. */
  groups: readonly Group[];
}

function Pairs({ along, groups }: PairsProps) {
  const { overview } = useChoice();
  const [parameters, change] = useParameters();
  const names = along.pairs.map(({ i, j }) => ({
    value: `${i}-${j}`,
    label: `${overview.classes[i]} to ${overview.classes[j]}`,
  }));
  const chosen = Math.max(
    0,
    names.findIndex(({ value }) => value === parameters.get('pair')),
  );
  const pair = along.pairs[chosen];
  if (!pair) return <p className="help-note">The stimuli have no pairs, so there are no curves along alpha.</p>;
  return (
    <>
      <Select
        label="Pair"
        w={200}
        mt="md"
        allowDeselect={false}
        data={names}
        value={names[chosen]?.value ?? null}
        onChange={(value) => change({ pair: value }, true)}
      />
      <Strip along={along} pair={pair} />
      <Curves {...{ along, groups, pair }} />
      <Flips along={along} />
    </>
  );
}

type Pair = AlongResult['pairs'][number];

function Strip({ along, pair }: { along: AlongResult; pair: Pair }) {
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const open = useOpenImages();
  const votes = pair.groups[0]?.votes ?? [];
  return (
    <section className="results-section" aria-label="Images of the pair with labels and predictions">
      <ScrollBox label="Images of the pair">
        <BoundaryStrip
          pair={[pair.i, pair.j]}
          classes={overview.classes}
          width={pictures.width}
          height={pictures.height}
          rehearsal={along.rehearsal}
          onOpen={(at) => open.image(pair.images[at] ?? 0)}
          images={pair.images.map((id, at) => ({
            alpha: pair.alphas[at] ?? 0,
            pixels: pictures.imagePixels(id),
            people: along.labelers > 0 ? (pair.people[at] ?? null) : null,
            networks: votes[at] ?? null,
          }))}
        />
      </ScrollBox>
    </section>
  );
}

interface CurvesProps {
  along: AlongResult;
  /** In the order of `along.groups`. */
  groups: readonly Group[];
  pair: Pair;
}

/** Shares of the second class as curves, with third classes and flip points as rings. */
export function Curves({ along, groups, pair }: CurvesProps) {
  const { overview } = useChoice();
  const open = useOpenImages();
  const people = usePeople();
  const [parameters, change] = useParameters();
  const of = shown.find(({ value }) => value === parameters.get('curves'))?.value ?? 'softmax';
  const [from, to] = [overview.classes[pair.i], overview.classes[pair.j]];
  const isUnlabelled = along.labelers > 0 && pair.people.every((counts) => share(counts, pair.j) === null);
  return (
    <>
      {isUnlabelled && (
        <p className="help-note">None of the {labelersText(along.labelers, people)} labelled an image of this pair.</p>
      )}
      {groups.length > 0 && (
        <SegmentedControl
          aria-label="Curves of networks"
          mt="md"
          data={shown.map((each) => ({ ...each }))}
          value={of}
          onChange={(value) => change({ curves: value === 'softmax' ? null : value }, true)}
        />
      )}
      <LineChart
        title={`Share of ${to} from ${from} to ${to}`}
        n={ratersText(along, people)}
        x={{ title: 'Alpha', domain: [0, 1] }}
        y={{ title: `Share of ${to}`, domain: [0, 1] }}
        height={300}
        series={curveSeries({ along, groups, pair }, people, of)}
        ringName="Flip points"
        markers={flipRings({ along, groups, pair }, people)}
        onPick={(alpha) => {
          const id = pair.images[pair.alphas.findIndex((each) => sameAlpha(each, alpha))];
          if (id !== undefined) open.image(id);
        }}
      />
    </>
  );
}

const ratersText = ({ labelers, groups }: AlongResult, people: string): string =>
  [labelersText(labelers, people), ...groups.map(({ models }) => networksText(models))].join('; ');

/** What the curves of networks show. */
const shown = [
  { value: 'softmax', label: 'Mean softmax' },
  { value: 'votes', label: 'Votes' },
] as const;

type Shown = (typeof shown)[number]['value'];
const curveNames: Record<Shown, string> = { softmax: 'mean softmax', votes: 'share of votes' };

function curveSeries({ along, groups, pair }: CurvesProps, people: string, of: Shown): LineSeries[] {
  const curve = (of: (at: number) => number | null) =>
    pair.alphas.flatMap((alpha, at) => {
      const value = of(at);
      return value === null ? [] : [[alpha, value] as const];
    });
  /** Shares of classes outside the pair; empty if there are none. */
  const thirdClassCurve = (of: (at: number) => readonly number[] | undefined) => {
    const points = curve((at) => {
      const counts = of(at);
      const [first, second] = [share(counts, pair.i), share(counts, pair.j)];
      return first === null || second === null ? null : Math.max(0, 1 - first - second);
    });
    return points.some(([, value]) => value > 0.005) ? points : [];
  };
  const title = (at: number): string => along.groups[at]?.title ?? '';
  return [
    {
      ...{ id: 'people', name: `${people}: share of labels`, colour: 'var(--people)', dash: '7 3' },
      points: curve((at) => share(pair.people[at], pair.j)),
    },
    ...pair.groups.map((group, at) => ({
      ...{ id: `g${at}`, name: `${title(at)}: ${curveNames[of]}`, ...groupStyle(groups[at], at) },
      points: curve((image) => share(group[of][image], pair.j)),
    })),
    {
      ...{ id: 'third-people', name: `${people}: third classes`, colour: 'var(--people)', dash: '2 3' },
      points: thirdClassCurve((at) => pair.people[at]),
    },
    ...pair.groups.map((group, at) => ({
      ...{ id: `third-${at}`, name: `${title(at)}: third classes` },
      ...{ ...groupStyle(groups[at], at), dash: thirdDashes[at % thirdDashes.length] ?? '' },
      points: thirdClassCurve((image) => group[of][image]),
    })),
  ].filter(({ points }) => points.length > 0);
}

/** Rings at the same alpha are stacked. */
const ringStep = 0.05;

function flipRings({ along, groups, pair }: CurvesProps, people: string): ChartMarker[] {
  const flips = [
    { name: people, star: pair.peopleFlip?.star ?? null, colour: 'var(--people)' },
    ...pair.groups.map(({ flip }, at) => ({
      ...{ name: along.groups[at]?.title ?? '', star: flip.star },
      colour: groupStyle(groups[at], at).colour,
    })),
  ];
  return flips.flatMap(({ name, star, colour }, at) => {
    if (star === null) return [];
    const below = flips.slice(0, at).filter((other) => other.star === star).length;
    const label = `${name}: flip at ${star.toFixed(2)}`;
    return [{ x: star, y: 0.5 + below * ringStep, label, shape: 'ring' as const, colour }];
  });
}

/** Dotted lines of third classes, one pattern per group. */
const thirdDashes = ['2 3', '1 4', '2 6', '1 7'];

const dashes = ['', '7 3', '2 3', '9 3 2 3'];

/** The chosen group is blue, as on every screen; others have the hue and the mark of their architecture. */
function groupStyle(group: Group | undefined, at: number): Pick<LineSeries, 'dash' | 'mark'> & { colour: string } {
  const dash = dashes[at % dashes.length] ?? '';
  if (at === 0) return { colour: 'var(--networks)', dash };
  if (group?.kind !== 'seeds') return { colour: `var(--networks-${at % 2 === 0 ? 4 : 3})`, dash };
  const kind = group.architecture.toLowerCase();
  return { colour: architectureColour(kind), dash, mark: <ArchitectureShape kind={kind} /> };
}

const share = (counts: readonly number[] | undefined, k: number): number | null => {
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  return total === 0 ? null : (counts?.[k] ?? 0) / total;
};

const headings = [
  ...['Pair', 'Raters', 'Flip point α*', 'α* of each rater', 'Crossing [95 %]', 'Third classes'],
  ...['α* minus people’s', '|α* minus people’s|', 'Crossing minus people’s'],
];

/** Flip points of people and of each group, pair by pair: of the majority, of each rater, and of the shares. */
export function Flips({ along }: { along: AlongResult }) {
  const { overview } = useChoice();
  const people = usePeople();
  const name = (k: number): string => overview.classes[k] ?? String(k);
  const possessive = people.endsWith('s') ? `${people}’` : `${people}’s`;
  const shown = headings
    .slice(0, along.labelers > 0 && along.groups.length > 0 ? headings.length : 6)
    .map((name) => name.replace('people’s', possessive));
  return (
    <section className="results-section" aria-labelledby="flips">
      <h2 id="flips">
        Flip points{' '}
        <span className="soft">
          α*: where the majority label changes. Crossing: where both classes have the same share of labels
          {along.groups.length > 0 && ' or softmax'}
        </span>
        <ExportMenu title="Flip points" table={() => flipTable(along, people, name)} />
      </h2>
      <ScrollBox label="Flip points">
        <table className="plain-table quantity-table flips-table">
          <TableHead names={shown} />
          {along.pairs.map((pair) => (
            <PairRows key={`${pair.i}-${pair.j}`} {...{ along, pair, name, people }} />
          ))}
        </table>
      </ScrollBox>
      {(along.groups.length > 0 || along.pairs.some(hasInterval)) && <IntervalNote resampled="raters" />}
      <p className="help-note">
        Only the crossing has an interval: α* can only lie midway between two images. “α* of each rater” shows how much
        raters differ.
      </p>
      {along.labelers > 0 && along.groups.length > 0 && <ExhibitTable exhibit={along.distances} />}
    </section>
  );
}

const hasInterval = ({ peopleFlip }: Pair): boolean => peopleFlip?.interval?.lo != null;

interface PairRowsProps {
  along: AlongResult;
  pair: Pair;
  name: (k: number) => string;
  people: string;
}

/** Rows of people and of each group; without labelers, of the groups only. */
function PairRows({ along, pair, name, people }: PairRowsProps) {
  const open = useOpenImages();
  const title = `${name(pair.i)} to ${name(pair.j)}`;
  const withPeople = along.labelers > 0;
  const pairCell = (
    <th scope="rowgroup" rowSpan={(withPeople ? 1 : 0) + pair.groups.length}>
      <button type="button" className="link-button" onClick={() => open.images(pair.images, title)}>
        {title}
      </button>
    </th>
  );
  return (
    <tbody>
      {withPeople && (
        <tr>
          {pairCell}
          <th scope="row">{capitalize(people)}</th>
          <FlipCells flip={pair.peopleFlip} name={name} />
          {pair.groups.length > 0 && <td colSpan={3} />}
        </tr>
      )}
      {pair.groups.map(({ flip, deltaStar, deltaCross }, at) => (
        <tr key={along.groups[at]?.title}>
          {!withPeople && at === 0 && pairCell}
          <th scope="row">{along.groups[at]?.title}</th>
          <FlipCells flip={flip} name={name} />
          {withPeople && <DeltaCells star={deltaStar} cross={deltaCross} />}
        </tr>
      ))}
    </tbody>
  );
}

function DeltaCells({ star, cross }: { star: number | null; cross: number | null }) {
  return (
    <>
      <td>{star === null ? <Undefined reason={noFlip} /> : formatFixed(star, 2)}</td>
      <td>{star === null ? <Undefined reason={noFlip} /> : formatFixed(Math.abs(star), 2)}</td>
      <td>{cross === null ? <Undefined reason={noCross} /> : formatFixed(cross, 3)}</td>
    </>
  );
}

const noFlip = 'One of the two has no flip point.';
const noCross = 'The shares of one of the two do not cross.';

function FlipCells({ flip, name }: { flip: FlipResult | null; name: (k: number) => string }) {
  if (!flip) {
    return (
      <td colSpan={4}>
        <Undefined reason="Nobody has labelled these images yet." />
      </td>
    );
  }
  const { star, flips, third, cross, interval, individuals } = flip;
  return (
    <>
      <td>
        {star === null ? <Undefined reason={flip.undefined ?? noFlip} /> : formatFixed(star, 2)}
        {flips !== null && flips > 1 && <span className="quantity-n on-one-line"> {flips} flips</span>}
      </td>
      <td>
        <QuantityText of={individuals} decimals={2} />
      </td>
      <td>
        {cross === null ? <Undefined reason={flip.crossUndefined ?? noCross} /> : formatFixed(cross, 3)}{' '}
        <span className="quantity-n">
          <Interval of={interval} decimals={2} brackets title="95 % interval, labelers or networks resampled" />
        </span>
      </td>
      <td>{third.map(name).join(', ')}</td>
    </>
  );
}

const columns = [
  ...['Pair', 'Who', 'alpha*', 'alpha out', 'alpha in', 'flips', 'third classes', 'alpha* not defined'],
  ...['alpha* one by one: mean', 'alpha* one by one: std', 'alpha* one by one: n'],
  ...['shares cross', '95 % from, raters drawn', '95 % to, raters drawn', 'draws undefined', 'crossing not defined'],
  ...['delta alpha*', '|delta alpha*|', 'delta crossing', '|delta crossing|'],
];

/** Flip points for CSV: one row per pair and kind of raters, with differences from people. */
function flipTable(
  { pairs, groups, distances }: AlongResult,
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
  const means = groups.map(({ title }, at) => [
    ...['Mean over pairs', title, ...new Array<null>(columns.length - 6).fill(null)],
    ...['star', 'abs_star', 'cross', 'abs_cross'].map((key) => quantityAt(distances, at, key)?.value ?? null),
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
