import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Planner } from '../../../main/contract/labeling/plan.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { useApi } from '../../client/context.tsx';
import { formatPercent, formatInteger } from '../../../main/domain/format.ts';
import { HelpNote, Loading, ErrorNotice } from '../../ui/states.tsx';
import { NumberField } from './number-field.tsx';

export interface PlannerChartProps {
  study: string;
  /** People planned. */
  people: number;
  /** Images that each of them labels; null: all. */
  perPerson: number | null;
  /** Images of the set. */
  stimuli: number;
}

const asPercent = (share: number): string => formatPercent(share, 0);
const peopleAxis = { title: 'People', format: (value: number) => value.toFixed(0) };
const shareAxis = { title: 'Share of images', domain: [0, 1] as const, format: asPercent };

/** How well "people disagree" will be known with so many people, and how the unanimous images melt away. */
export function PlannerChart({ study, people, perPerson, stimuli }: PlannerChartProps) {
  const api = useApi();
  const [assumed, setAssumed] = useState(30);
  const [images, setImages] = useState(stimuli);
  const most = Math.min(1000, Math.max(20, Math.ceil(people * 1.5)));
  const { data, isError, error, isPlaceholderData } = useQuery({
    ...api.labeling.plan.planner.queryOptions({
      input: { study, people: most, images, perPerson, secondsPerImage: 1.6, assumed: assumed / 100 },
    }),
    meta: { live: 'self' },
    placeholderData: keepPreviousData,
  });
  const series = useMemo(() => (data ? toSeries(data) : []), [data]);
  if (isError) return <ErrorNotice error={error} />;
  if (!data) return <Loading label="Computing the intervals" lines={5} />;
  const point = data.points.find((each) => each.people === people);
  // Where these people tell nothing, the drawing is of more of them.
  const drawn = point ?? data.points.at(-1);
  return (
    <>
      <LineChart
        title="What so many people tell"
        {...(drawn && { n: `n = ${formatInteger(drawn.images)} images` })}
        x={peopleAxis}
        y={shareAxis}
        series={series}
        cursor={people >= 2 ? people : null}
        height={220}
      />
      {(point || !isPlaceholderData) && (
        <p className="labeling-said" role="status">
          {point
            ? said(point)
            : `With ${formatInteger(people)} ${people === 1 ? 'person' : 'people'}, no image gets two labelers, so nothing tells whether they disagree.`}
        </p>
      )}
      <NumberField
        label="Images, to try other numbers"
        description={`The study has ${formatInteger(stimuli)}.`}
        min={1}
        max={100_000}
        value={images}
        onChange={setImages}
      />
      {data.labelers === 0 && (
        <NumberField
          label="Images on which ten people would disagree (a guess)"
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

/** What a number of people comes to. */
function said({ people, images, labelers, disagree, low, high }: Planner['points'][number]): string {
  const { least, most } = labelers;
  const each = most < people ? ` with ${least === most ? least : `${least} or ${most}`} labelers each` : '';
  return (
    `With ${formatInteger(people)} people, ${formatPercent(disagree)} of ${formatInteger(images)} images${each} are expected to divide them, ` +
    `known to within ${formatPercent(low)} to ${formatPercent(high)} (95 %).`
  );
}

function toSeries({ points }: Planner) {
  return [
    {
      id: 'disagree',
      name: 'Not everybody agrees (95 % interval)',
      colour: 'var(--people)',
      points: points.map(({ people, disagree }) => [people, disagree] as const),
      band: points.map(({ people, low, high }) => [people, low, high] as const),
    },
    {
      id: 'unanimous',
      name: 'All agree',
      colour: 'var(--ink-soft)',
      points: points.map(({ people, unanimous }) => [people, unanimous] as const),
    },
  ];
}
