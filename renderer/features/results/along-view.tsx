import { Checkbox, Group as Row, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AlongResult } from '../../../main/contract/api/results-charts.ts';
import { useApi } from '../../client/context.tsx';
import { LineChart, type LineSeries } from '../../charts/line-chart.tsx';
import { BoundaryStrip } from '../../ui/boundary-strip.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { Answered } from './answered.tsx';
import { groupOf, groupText, useOpenImages, useParameters } from './address.ts';
import { groupsOf, groupTitle, peopleWord, useChoice, useView } from './choice.tsx';
import { Flips } from './flips.tsx';
import { usePictures } from './use-pictures.ts';

/** Along alpha, pair by pair: shares of people and of each group, flip points, third classes. */
export function AlongView() {
  const api = useApi();
  const { study, labelers, group } = useView();
  const { overview } = useChoice();
  const [parameters, change] = useParameters();
  const more = (parameters.get('with') ?? '')
    .split(';')
    .flatMap((text) => groupOf(text) ?? [])
    .slice(0, 7);
  const groups = [group, ...more.filter((each) => groupText(each) !== groupText(group))];
  const along = useQuery(
    api.results.along.queryOptions({ input: { study, labelers, groups }, placeholderData: keepPreviousData }),
  );
  const others = groupsOf(overview).filter(({ group: each }) => groupText(each) !== groupText(group));
  return (
    <>
      {others.length > 0 && (
        <Checkbox.Group
          label="Beside it"
          value={more.map(groupText)}
          onChange={(texts) => change({ with: texts.length === 0 ? null : texts.slice(0, 7).join(';') }, true)}
        >
          <Row gap="md" mt={4}>
            {others.slice(0, 12).map(({ group: each }) => (
              <Checkbox key={groupText(each)} value={groupText(each)} label={groupTitle(each, overview)} />
            ))}
          </Row>
        </Checkbox.Group>
      )}
      <Answered query={along}>{(data) => <Pairs along={data} />}</Answered>
    </>
  );
}

function Pairs({ along }: { along: AlongResult }) {
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
  if (!pair) return <p className="help-note">The stimuli have no pairs, so there is nothing along alpha.</p>;
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
      <Curves along={along} pair={pair} />
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
    <section className="results-section" aria-label="The images and what was said of them">
      <ScrollBox label="The strip of the pair">
        <BoundaryStrip
          pair={[pair.i, pair.j]}
          classes={overview.classes}
          width={pictures.width}
          height={pictures.height}
          rehearsal={along.rehearsal}
          onOpen={(at) => open.image(pair.images[at] ?? 0)}
          images={pair.images.map((id, at) => ({
            alpha: pair.alphas[at] ?? 0,
            pixels: pictures.pixelsOf(id),
            people: along.labelers > 0 ? (pair.people[at] ?? null) : null,
            networks: votes[at] ?? null,
          }))}
        />
      </ScrollBox>
    </section>
  );
}

const share = (counts: readonly number[] | undefined, k: number): number | null => {
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  return total === 0 ? null : (counts?.[k] ?? 0) / total;
};

/** Shares of the second class as curves; rings: flip points; diamonds mark third classes. */
function Curves({ along, pair }: { along: AlongResult; pair: Pair }) {
  const { overview } = useChoice();
  const open = useOpenImages();
  const people = peopleWord(along.rehearsal);
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
  const series: LineSeries[] = [
    {
      id: 'people',
      name: `${people}: share of labels`,
      colour: 'var(--people)',
      dash: '7 3',
      points: curve((at) => share(pair.people[at], pair.j)),
    },
    ...pair.groups.map((group, at) => ({
      id: `g${at}`,
      name: `${along.groups[at]?.title ?? ''}: mean softmax`,
      ...(at === 0 && { colour: 'var(--networks)', dash: '' }),
      points: curve((image) => share(group.softmax[image], pair.j)),
    })),
    {
      id: 'third-people',
      name: `${people}: third classes`,
      colour: 'var(--people)',
      dash: '2 3',
      points: thirdOf((at) => pair.people[at]),
    },
    {
      id: 'third-networks',
      name: `${along.groups[0]?.title ?? ''}: third classes`,
      colour: 'var(--networks)',
      dash: '2 3',
      points: thirdOf((at) => pair.groups[0]?.softmax[at]),
    },
  ].filter(({ points }) => points.length > 0);
  const flips = [
    { name: people, flip: pair.peopleFlip, colour: 'var(--people)' },
    ...pair.groups.map(({ flip }, at) => ({
      name: along.groups[at]?.title ?? '',
      flip,
      colour: at === 0 ? 'var(--networks)' : 'var(--ink)',
    })),
  ];
  return (
    <LineChart
      title={`Share of ${overview.classes[pair.j]} from ${overview.classes[pair.i]} to ${overview.classes[pair.j]}`}
      n={`${along.labelers} ${people}; ${along.groups.map(({ models }) => models).join(', ')} networks`}
      x={{ title: 'Alpha', domain: [0, 1] }}
      y={{ title: `Share of ${overview.classes[pair.j]}`, domain: [0, 1] }}
      height={300}
      series={series}
      markers={flips.flatMap(({ name, flip, colour }) =>
        flip?.star == null
          ? []
          : [
              {
                x: flip.star,
                y: 0.5,
                label: `${name} flip at ${flip.star.toFixed(2)}`,
                shape: 'ring' as const,
                colour,
              },
            ],
      )}
      onPick={(alpha) => {
        const id = pair.images[pair.alphas.indexOf(alpha)];
        if (id !== undefined) open.image(id);
      }}
    />
  );
}
