import { SegmentedControl } from '@mantine/core';
import type { AlongResult } from '../../../main/contract/api/results-charts.ts';
import type { Group } from '../../../main/contract/exhibit.ts';
import { type ChartMarker, LineChart, type LineSeries } from '../../charts/line-chart.tsx';
import { architectureColour, ArchitectureShape } from '../../ui/badges.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { useOpenImages, useParameters } from './address.ts';
import { useChoice } from './choice.tsx';
import { labelersText, networksText } from './units.ts';

type Pair = AlongResult['pairs'][number];

export interface CurvesProps {
  along: AlongResult;
  /** In the order of the answer’s groups. */
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
        series={seriesOf({ along, groups, pair }, people, of)}
        ringName="Flip points"
        markers={ringsOf({ along, groups, pair }, people)}
        onPick={(alpha) => {
          const id = pair.images[pair.alphas.indexOf(alpha)];
          if (id !== undefined) open.image(id);
        }}
      />
    </>
  );
}

const ratersText = ({ labelers, groups }: AlongResult, people: string): string =>
  [labelersText(labelers, people), ...groups.map(({ models }) => networksText(models))].join('; ');

/** What of networks is drawn: how much softmax, or how many of them, are for a class. */
const shown = [
  { value: 'softmax', label: 'Mean softmax' },
  { value: 'votes', label: 'Votes' },
] as const;

type Shown = (typeof shown)[number]['value'];
const curveNames: Record<Shown, string> = { softmax: 'mean softmax', votes: 'share of votes' };

function seriesOf({ along, groups, pair }: CurvesProps, people: string, of: Shown): LineSeries[] {
  const curve = (of: (at: number) => number | null) =>
    pair.alphas.flatMap((alpha, at) => {
      const value = of(at);
      return value === null ? [] : [[alpha, value] as const];
    });
  /** Shares of classes that are neither of the pair; nothing where no image has one. */
  const thirdOf = (of: (at: number) => readonly number[] | undefined) => {
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
      ...{ id: `g${at}`, name: `${title(at)}: ${curveNames[of]}`, ...lookOf(groups[at], at) },
      points: curve((image) => share(group[of][image], pair.j)),
    })),
    {
      ...{ id: 'third-people', name: `${people}: third classes`, colour: 'var(--people)', dash: '2 3' },
      points: thirdOf((at) => pair.people[at]),
    },
    ...pair.groups.map((group, at) => ({
      ...{ id: `third-${at}`, name: `${title(at)}: third classes` },
      ...{ ...lookOf(groups[at], at), dash: thirdDashes[at % thirdDashes.length] ?? '' },
      points: thirdOf((image) => group[of][image]),
    })),
  ].filter(({ points }) => points.length > 0);
}

/** Rings at one place stand above each other. */
const ringStep = 0.05;

function ringsOf({ along, groups, pair }: CurvesProps, people: string): ChartMarker[] {
  const flips = [
    { name: people, star: pair.peopleFlip?.star ?? null, colour: 'var(--people)' },
    ...pair.groups.map(({ flip }, at) => ({
      ...{ name: along.groups[at]?.title ?? '', star: flip.star },
      colour: lookOf(groups[at], at).colour,
    })),
  ];
  return flips.flatMap(({ name, star, colour }, at) => {
    if (star === null) return [];
    const below = flips.slice(0, at).filter((other) => other.star === star).length;
    const label = `${name}: flip at ${star.toFixed(2)}`;
    return [{ x: star, y: 0.5 + below * ringStep, label, shape: 'ring' as const, colour }];
  });
}

/** Of third classes: dotted, another rhythm for each group. */
const thirdDashes = ['2 3', '1 4', '2 6', '1 7'];

const dashes = ['', '7 3', '2 3', '9 3 2 3'];

/** The chosen group is blue, as on every screen; others have the hue and the mark of their architecture. */
function lookOf(group: Group | undefined, at: number): Pick<LineSeries, 'dash' | 'mark'> & { colour: string } {
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
