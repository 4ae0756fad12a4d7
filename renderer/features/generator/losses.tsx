import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { LineChart } from '../../charts/line-chart.tsx';
import { useApi } from '../../client/context.tsx';
import { useQuietRefetch } from '../../client/refetch.ts';
import { Loading, Refused } from '../../ui/states.tsx';
import { useShownStep } from './through-time.tsx';

const points = 1000;
const topics = ['generator'] as const;
const lookEvery = 1000;

const names = {
  lossD: 'Discriminator loss',
  lossG: 'Generator loss',
  dReal: 'Real images',
  dFake: 'Generated images',
} as const;

const stepAxis = { title: 'Steps' };
const lossAxis = { title: 'Loss (nats)', domain: [0, null] as const };
const realAxis = { title: 'Taken for real', domain: [0, 1] as const };

/** The two losses, and what the discriminator believes; a click moves the slider to the nearest grid. */
export function Losses({ study, steps }: { study: string; steps: readonly number[] }) {
  const api = useApi();
  const losses = useQuery(api.generator.losses.queryOptions({ input: { study, points }, meta: { live: 'self' } }));
  useQuietRefetch(losses.refetch, topics, lookEvery);
  const [index, show] = useShownStep(steps);
  const series = useMemo(
    () =>
      (losses.data ?? []).map(({ series: id, steps: at, values }) => ({
        id,
        name: names[id],
        points: at.map((step, place) => [step, values[place] ?? 0] as const),
      })),
    [losses.data],
  );
  if (losses.isPending) return <Loading label="Reading the losses" />;
  if (losses.isError) return <Refused error={losses.error} onRetry={() => void losses.refetch()} />;
  const cursor = steps[index] ?? null;
  const count = series[0]?.points.length ?? 0;
  return (
    <section className="generator-losses" aria-label="Losses">
      <LineChart
        title="Losses of generator and discriminator"
        x={stepAxis}
        y={lossAxis}
        series={series.filter(({ id }) => id === 'lossD' || id === 'lossG')}
        cursor={cursor}
        n={`${count} points drawn`}
        height={220}
        onPick={show}
      />
      <LineChart
        title="What the discriminator takes for real"
        x={stepAxis}
        y={realAxis}
        series={series.filter(({ id }) => id === 'dReal' || id === 'dFake')}
        cursor={cursor}
        n="mean over a batch"
        height={220}
        onPick={show}
      />
    </section>
  );
}
