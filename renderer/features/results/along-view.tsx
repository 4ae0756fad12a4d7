import { MultiSelect, SegmentedControl, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AlongResult } from '../../../main/contract/api/results-charts.ts';
import type { Group } from '../../../main/contract/exhibit.ts';
import { useApi } from '../../client/context.tsx';
import { BoundaryStrip } from '../../ui/boundary-strip.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { QueryResult } from './notes.tsx';
import { parseGroup, groupText, useOpenImages, useParameters } from './address.ts';
import { groupOptions, useChoice } from './choice.tsx';
import { usePictures } from './use-pictures.ts';
import { type ChartMarker, LineChart, type LineSeries } from '../../charts/line-chart.tsx';
import { architectureColour, ArchitectureShape } from '../../ui/badges.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { labelersText, networksText } from './unit-names.ts';
import { quantityAt } from '../../../main/domain/exhibits.ts';
import { ExhibitTable } from './exhibit-table.tsx';
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
function Curves({ along, groups, pair }: CurvesProps) {
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
  const first = along.pairs.indexOf(pair) * countRaters(along);
  const raters = [
    ...(along.labelers > 0 ? [{ name: people, colour: 'var(--people)' }] : []),
    ...along.groups.map(({ title }, at) => ({ name: title, colour: groupStyle(groups[at], at).colour })),
  ];
  const flips = raters.map((rater, at) => ({
    ...rater,
    star: quantityAt(along.flips, first + at, 'star')?.value ?? null,
  }));
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

/** Flip points of people and of each group, pair by pair: of the majority, of each rater, and of the shares. */
function Flips({ along }: { along: AlongResult }) {
  const open = useOpenImages();
  return (
    <>
      <ExhibitTable
        exhibit={along.flips}
        onOpenGroup={(row) => {
          const pair = along.pairs[Math.floor(row / countRaters(along))];
          const title = along.flips.rows[row]?.[0];
          if (pair) open.images(pair.images, String(title));
        }}
      />
      {along.labelers > 0 && along.groups.length > 0 && <ExhibitTable exhibit={along.distances} />}
    </>
  );
}

/** Rows of a pair in `flips`: people, if any labelled, and each group. */
const countRaters = ({ labelers, groups }: AlongResult): number => (labelers > 0 ? 1 : 0) + groups.length;
