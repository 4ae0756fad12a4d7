import type { DeskCalls } from '../../../main/contributions/desk/calls.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Planner } from '../../../main/contributions/desk/contract/plan.ts';
import { LineChart } from '../../charts/index.ts';
import { useApiOf } from '../../client/index.ts';
import { formatInteger, formatPercent } from '../../../main/domain/numbers/index.ts';
import { ErrorNotice, HelpNote, Loading } from '../../ui/parts/index.ts';
import { NumberField } from '../../ui/fields/index.ts';

interface PlannerChartProps {
  study: string;
  people: number;
  /** Images that each person labels; null: all. */
  perPerson: number | null;
  stimuli: number;
}

const asPercent = (share: number): string => formatPercent(share, 0);
const peopleAxis = { title: 'People', format: (value: number) => value.toFixed(0) };
const shareAxis = { title: 'Share of images', domain: [0, 1] as const, format: asPercent };

/** Expected share of images with disagreement, and without, by the number of people. */
export function PlannerChart({ study, people, perPerson, stimuli }: PlannerChartProps) {
  const api = useApiOf<DeskCalls>('desk');
  const [assumed, setAssumed] = useState(30);
  const [images, setImages] = useState(stimuli);
  const most = Math.min(1000, Math.max(20, Math.ceil(people * 1.5)));
  const { data, isError, error, isPlaceholderData } = useQuery({
    ...api.plan.planner.queryOptions({
      input: { study, people: most, images, perPerson, secondsPerImage: 1.6, assumed: assumed / 100 },
    }),
    meta: { live: 'self' },
    placeholderData: keepPreviousData,
  });
  const series = useMemo(() => (data ? toSeries(data) : []), [data]);
  if (isError) return <ErrorNotice error={error} />;
  if (!data) return <Loading label="Computing the intervals" lines={5} />;
  const point = data.points.find((each) => each.people === people);
  // Too few people for a point: the chart shows the largest number.
  const drawn = point ?? data.points.at(-1);
  return (
    <>
      <LineChart
        title="Agreement by number of people"
        {...(drawn && { n: `n = ${formatInteger(drawn.images)} images` })}
        x={peopleAxis}
        y={shareAxis}
        series={series}
        cursor={people >= 2 ? people : null}
        height={220}
      />
      {(point || !isPlaceholderData) && (
        <p role="status">
          {point
            ? pointText(point)
            : `With ${formatInteger(people)} ${people === 1 ? 'person' : 'people'}, no image gets two labelers, so disagreement cannot be measured.`}
        </p>
      )}
      <NumberField
        label="Number of images to try"
        description={`The study has ${formatInteger(stimuli)}.`}
        min={1}
        max={100_000}
        value={images}
        onChange={setImages}
      />
      {data.labelers === 0 && (
        <NumberField
          label="Guess: images on which ten people disagree"
          suffix=" %"
          min={1}
          max={99}
          value={assumed}
          onChange={setAssumed}
        />
      )}
      <HelpNote>{data.assumptions.join(' ')}</HelpNote>
    </>
  );
}

function pointText({ people, images, labelers, disagree, low, high }: Planner['points'][number]): string {
  const { least, most } = labelers;
  const each = most < people ? ` with ${least === most ? least : `${least} or ${most}`} labelers each` : '';
  return (
    `With ${formatInteger(people)} people, ${formatPercent(disagree)} of ${formatInteger(images)} images${each} are expected to show ` +
    `disagreement${low === null || high === null ? '' : ` (95 % interval: ${formatPercent(low)} to ${formatPercent(high)})`}.`
  );
}

function toSeries({ points }: Planner) {
  const band = points.flatMap(({ people, low, high }) =>
    low === null || high === null ? [] : [[people, low, high] as const],
  );
  return [
    {
      id: 'disagree',
      name: band.length > 0 ? 'People disagree (95 % interval)' : 'People disagree',
      color: 'var(--people)',
      points: points.map(({ people, disagree }) => [people, disagree] as const),
      band,
    },
    {
      id: 'unanimous',
      name: 'All agree',
      color: 'var(--ink-soft)',
      points: points.map(({ people, unanimous }) => [people, unanimous] as const),
    },
  ];
}
