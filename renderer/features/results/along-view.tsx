import { MultiSelect, SegmentedControl, Select, Box } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { AlongResult } from '../../../main/contract/api/results-charts.ts';
import type { Group } from '../../../main/contract/exhibit.ts';
import type { ResultModel, ResultsOverview } from '../../../main/contract/api/results-tables.ts';
import { useApi } from '../../client/context.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { BoundaryStrip } from '../../ui/boundary-strip.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { QueryResult } from './notes.tsx';
import { parseGroup, groupText, useOpenImages, useParameters } from './address.ts';
import { groupOptions, useChoice } from './choice.tsx';
import { usePictures } from '../../ui/use-pictures.ts';
import { type ChartMarker, LineChart, type LineSeries } from '../../charts/line-chart.tsx';
import { architectureColor, ArchitectureShape } from '../../ui/badges.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { labelersText, networksText } from './unit-names.ts';
import { quantityAt } from '../../../main/domain/exhibits.ts';
import { ExhibitTable } from './exhibit-table.tsx';
import { curvePoints, type DrawnCurve } from '../../../main/domain/psychometric.ts';
import { sameAlpha } from '../../../main/domain/stimulus-set.ts';
import { heightAt } from '../../charts/series.ts';
import { useThumbnailSize } from '../../ui/thumbnails.ts';

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
  if (!pair) return <HelpNote>The stimuli have no pairs, so there are no curves along alpha.</HelpNote>;
  return (
    <>
      <Select
        label="Pair"
        w={320}
        mt="md"
        allowDeselect={false}
        searchable={names.length > manyPairs}
        data={names}
        value={names[chosen]?.value ?? null}
        onChange={(value) => change({ pair: value }, true)}
      />
      <UnderStrip strip={<Strip along={along} pair={pair} />} alphas={pair.alphas}>
        {(plot) => <Curves along={along} groups={groups} pair={pair} plot={plot} />}
      </UnderStrip>
      <Flips along={along} />
    </>
  );
}

/** With more pairs, a list of them can be searched. */
const manyPairs = 20;

type Pair = AlongResult['pairs'][number];

interface UnderStripProps {
  strip: ReactNode;
  alphas: readonly number[];
  children: (plot: Plot | undefined) => ReactNode;
}

/** Where a chart's plot begins and ends, so that each alpha is under its image. */
interface Plot {
  left: number;
  right: number;
}

/** A chart under a strip of images, and scrolled with it: its axis goes from the middle of the first to that of the last. */
function UnderStrip({ strip, alphas, children }: UnderStripProps) {
  const box = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot | undefined>();
  const count = alphas.length;
  useLayoutEffect(() => {
    const around = box.current;
    const table = around?.querySelector('.strip');
    if (!around || !table || count < 2) return;
    const measure = (): void => {
      const whole = around.getBoundingClientRect();
      const heads = [...table.querySelectorAll('thead th[scope="col"]')].map((head) => head.getBoundingClientRect());
      const middles = heads.map(({ left, width }) => left + width / 2);
      const [first, last] = [middles[0], middles.at(-1)];
      if (first === undefined || last === undefined) return;
      const next = { left: Math.round(first - whole.left), right: Math.round(whole.right - last) };
      setPlot((known) => (known?.left === next.left && known.right === next.right ? known : next));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(around);
    observer.observe(table);
    return () => observer.disconnect();
  }, [count]);
  return (
    <ScrollBox label="Images of the pair, and curves under them">
      <Box display="inline-block" miw="100%" ref={box}>
        {strip}
        {children(plot)}
      </Box>
    </ScrollBox>
  );
}

function Strip({ along, pair }: { along: AlongResult; pair: Pair }) {
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const open = useOpenImages();
  const votes = pair.groups[0]?.votes ?? [];
  const size = useThumbnailSize(56);
  return (
    <section className="results-section" aria-label="Images of the pair with labels and predictions">
      <BoundaryStrip
        size={size}
        pair={[pair.i, pair.j]}
        classes={overview.classes}
        imageSize={pictures.imageSize}
        rehearsal={along.rehearsal}
        onOpen={(at) => open.image(pair.images[at] ?? 0)}
        images={pair.images.map((id, at) => ({
          alpha: pair.alphas[at] ?? 0,
          pixels: pictures.imagePixels(id),
          people: along.labelers > 0 ? (pair.people[at] ?? null) : null,
          networks: votes[at] ?? null,
        }))}
      />
    </section>
  );
}

interface CurvesProps {
  along: AlongResult;
  /** In the order of `along.groups`. */
  groups: readonly Group[];
  pair: Pair;
  plot: Plot | undefined;
}

interface CurveData extends Omit<CurvesProps, 'plot'> {
  overview: ResultsOverview;
}

/** Shares of the second class as curves, with third classes and flip points as rings. */
function Curves({ along, groups, pair, plot }: CurvesProps) {
  const { overview } = useChoice();
  const open = useOpenImages();
  const people = usePeople();
  const [parameters, change] = useParameters();
  const choices = groups.length > 0 ? shown : shownAlone;
  const of = choices.find(({ value }) => value === parameters.get('curves'))?.value ?? 'softmax';
  const [from, to] = [overview.classes[pair.i], overview.classes[pair.j]];
  const data = { along, groups, pair, overview };
  const series = of === 'fitted' ? fittedSeries(data, people) : curveSeries(data, people, of);
  const [first = 0, last = 1] = [pair.alphas[0], pair.alphas.at(-1)];
  const isUnlabeled = along.labelers > 0 && pair.people.every((counts) => share(counts, pair.j) === null);
  return (
    <>
      {isUnlabeled && <HelpNote>None of the {labelersText(along, people)} labeled an image of this pair.</HelpNote>}
      <SegmentedControl
        aria-label="Curves"
        mt="md"
        data={choices.map((each) => ({ ...each }))}
        value={of}
        onChange={(value) => change({ curves: value === 'softmax' ? null : value }, true)}
      />
      <LineChart
        title={`Share of ${to} from ${from} to ${to}`}
        n={ratersText(along, people)}
        x={{ title: 'Alpha', domain: plot ? [first, last] : [0, 1], ...(plot && { ticks: pair.alphas }) }}
        y={{ title: `Share of ${to}`, domain: [0, 1] }}
        height={300}
        plot={plot}
        series={series}
        ringName={of === 'fitted' ? 'Centers, each on its curve' : 'Flip points, each on its curve'}
        markers={of === 'fitted' ? centerRings(data, people) : flipRings(data, people, series)}
        onPick={(alpha) => {
          const id = pair.images[pair.alphas.findIndex((each) => sameAlpha(each, alpha))];
          if (id !== undefined) open.image(id);
        }}
      />
    </>
  );
}

const ratersText = (along: AlongResult, people: string): string =>
  [labelersText(along, people), ...along.groups.map(({ models }) => networksText(models))].join('; ');

/** What the curves of networks show: shares, or psychometric curves that were fitted to them. */
const shown = [
  { value: 'softmax', label: 'Mean softmax' },
  { value: 'votes', label: 'Votes' },
  { value: 'fitted', label: 'Psychometric curves' },
] as const;

/** What can be shown where only people have answered. */
const shownAlone = [
  { value: 'softmax', label: 'Shares of labels' },
  { value: 'fitted', label: 'Psychometric curves' },
] as const;

type Shares = 'softmax' | 'votes';
const curveNames: Record<Shares, string> = { softmax: 'mean softmax', votes: 'share of votes' };

function curveSeries({ along, groups, pair, overview }: CurveData, people: string, of: Shares): LineSeries[] {
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
      id: 'people',
      name: `${people}: share of labels`,
      color: 'var(--people)',
      dash: '7 3',
      points: curve((at) => share(pair.people[at], pair.j)),
    },
    ...pair.groups.map((group, at) => ({
      id: `g${at}`,
      name: `${title(at)}: ${curveNames[of]}`,
      ...groupStyle(groups[at], at, overview),
      points: curve((image) => share(group[of]?.[image], pair.j)),
    })),
    {
      id: 'third-people',
      name: `${people}: third classes`,
      color: 'var(--people)',
      dash: '2 3',
      points: thirdClassCurve((at) => pair.people[at]),
    },
    ...pair.groups.map((group, at) => ({
      id: `third-${at}`,
      name: `${title(at)}: third classes`,
      ...groupStyle(groups[at], at, overview),
      dash: thirdDashes[at % thirdDashes.length] ?? '',
      points: thirdClassCurve((image) => group[of]?.[image]),
    })),
  ].filter(({ points }) => points.length > 0);
}

/** People, if any labeled, and the groups, as the rows of a pair in `flips` and `curves`. */
function ratersOf({ along, groups, overview }: CurveData, people: string) {
  return [
    ...(along.labelers > 0 ? [{ id: 'people', name: people, color: 'var(--people)', dash: '7 3' }] : []),
    ...along.groups.map(({ title }, at) => ({ id: `g${at}`, name: title, ...groupStyle(groups[at], at, overview) })),
  ];
}

/** The flip of the majority of each rater, on its curve. */
function flipRings(data: CurveData, people: string, series: readonly LineSeries[]): ChartMarker[] {
  const { along, pair } = data;
  const first = along.pairs.indexOf(pair) * countRaters(along);
  return ratersOf(data, people).flatMap(({ id, name, color }, at) => {
    const star = quantityAt(along.flips, first + at, 'star')?.value ?? null;
    const y = star === null ? null : heightAt(series.find((curve) => curve.id === id)?.points ?? [], star);
    if (star === null || y === null) return [];
    return [{ x: star, y, label: `${name}: flip at ${star.toFixed(2)}`, shape: 'ring' as const, color }];
  });
}

/** The curve of each rater on the pair; null: it has none. */
function fittedCurves({ along, pair }: CurveData): (DrawnCurve | null)[] {
  const first = along.pairs.indexOf(pair) * countRaters(along);
  return Array.from({ length: countRaters(along) }, (_, at) => {
    const value = (key: string): number | null => quantityAt(along.curves, first + at, key)?.value ?? null;
    const [centre, slope, percent] = [value('centre'), value('slope'), value('lapse')];
    return centre === null ? null : { centre, slope, lapse: percent === null ? null : percent / 100 };
  });
}

/** Psychometric curves, with the shares that they were fitted to weakly behind them. */
function fittedSeries(data: CurveData, people: string): LineSeries[] {
  const { alphas, i, j } = data.pair;
  const ends = [alphas[0] ?? 0, alphas.at(-1) ?? 1] as const;
  const curves = fittedCurves(data);
  const counts = [...(data.along.labelers > 0 ? [data.pair.people] : []), ...data.pair.groups.map((of) => of.softmax)];
  return ratersOf(data, people)
    .flatMap((rater, at): LineSeries[] => {
      const curve = curves[at];
      const points = alphas.flatMap((alpha, image) => {
        const own = counts[at]?.[image];
        const value = own && share([own[i] ?? 0, own[j] ?? 0], 1);
        return value == null ? [] : [[alpha, value] as const];
      });
      return [
        { ...rater, id: `shares-${rater.id}`, points, dash: '', faint: true },
        { ...rater, points: curve ? curvePoints(curve, ends) : [] },
      ];
    })
    .filter(({ points }) => points.length > 0);
}

const centerRings = (data: CurveData, people: string): ChartMarker[] => {
  const curves = fittedCurves(data);
  return ratersOf(data, people).flatMap(({ name, color }, at) => {
    const x = curves[at]?.centre;
    return x === undefined
      ? []
      : [{ x, y: 0.5, label: `${name}: center at ${x.toFixed(2)}`, shape: 'ring' as const, color }];
  });
};

/** Dotted lines of third classes, one pattern per group. */
const thirdDashes = ['2 3', '1 4', '2 6', '1 7'];

const dashes = ['', '7 3', '2 3', '9 3 2 3'];

/** The chosen group is blue, as on every screen; others have the hue and the mark of their architecture. */
function groupStyle(
  group: Group | undefined,
  at: number,
  overview: ResultsOverview,
): Pick<LineSeries, 'dash' | 'mark'> & { color: string } {
  const dash = dashes[at % dashes.length] ?? '';
  if (at === 0) return { color: 'var(--networks)', dash };
  const kind = group && architectureOf(group, overview);
  if (kind == null) return { color: `var(--networks-${at % 2 === 0 ? 4 : 3})`, dash };
  return { color: architectureColor(kind), dash, mark: <ArchitectureShape kind={kind} /> };
}

/** The one architecture of a group's networks; null: it has several. */
function architectureOf(group: Group, { models }: ResultsOverview): string | null {
  if (group.kind === 'seeds') return group.architecture.toLowerCase();
  if (group.kind === 'diverse') return null;
  const isMember = ({ key, group: own }: ResultModel): boolean =>
    group.kind === 'outside' ? own === 'outside' : group.models.includes(key);
  const kinds = new Set(models.filter(isMember).map(({ architecture }) => architecture));
  return kinds.size === 1 ? ([...kinds][0]?.toLowerCase() ?? null) : null;
}

const share = (counts: readonly number[] | undefined, k: number): number | null => {
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  return total === 0 ? null : (counts?.[k] ?? 0) / total;
};

/** Flip points of people and of each group, pair by pair: of the majority, of each rater, and of the shares. */
function Flips({ along }: { along: AlongResult }) {
  const open = useOpenImages();
  const people = usePeople();
  return (
    <>
      <ExhibitTable
        exhibit={along.flips}
        n={ratersText(along, people)}
        onOpenGroup={(row) => {
          const pair = along.pairs[Math.floor(row / countRaters(along))];
          const title = along.flips.rows[row]?.[0];
          if (pair) open.images(pair.images, String(title));
        }}
      />
      {along.labelers > 0 && along.groups.length > 0 && (
        <ExhibitTable exhibit={along.distances} n={ratersText(along, people)} />
      )}
      <ExhibitTable exhibit={along.curveMeans} n={ratersText(along, people)} />
      <ExhibitTable exhibit={along.curves} n={ratersText(along, people)} />
    </>
  );
}

/** Rows of a pair in `flips`: people, if any labeled, and each group. */
const countRaters = ({ labelers, groups }: AlongResult): number => (labelers > 0 ? 1 : 0) + groups.length;
