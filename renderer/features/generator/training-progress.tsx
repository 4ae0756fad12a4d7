import { Button, Slider } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { GeneratorView, SampleGrid } from '../../../main/contract/api/generator.ts';
import { useParameter } from '../../navigation/addresses.ts';
import { useApi } from '../../client/context.tsx';
import { formatInteger } from '../../../main/domain/format.ts';
import { Empty, Loading, ErrorNotice } from '../../ui/states.tsx';
import { showRefusal, showUndoToast } from '../../ui/toasts.tsx';
import { Ago } from '../../ui/values.tsx';
import { useMemo, useState } from 'react';
import { LineChart } from '../../charts/line-chart.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';

/** The grid that is looked at: the step in the address, or the newest, which then follows the training. */
export function useShownStep(steps: readonly number[]): readonly [index: number, show: (step: number | null) => void] {
  const [value, set] = useParameter('step');
  const wanted = value === null ? null : Number(value);
  const last = steps.length - 1;
  const index = wanted === null || Number.isNaN(wanted) ? last : nearestIndex(steps, wanted);
  return [index, (step) => set(step === null ? null : String(step), { replace: true })];
}

function nearestIndex(steps: readonly number[], wanted: number): number {
  let best = 0;
  steps.forEach((step, index) => {
    if (Math.abs(step - wanted) < Math.abs((steps[best] ?? 0) - wanted)) best = index;
  });
  return best;
}

/** What the generator made of the same hundred points at each look, beside real images. */
export function ThroughTime({ study, view }: { study: string; view: GeneratorView }) {
  const { grids, real } = view;
  const [index, show] = useShownStep(grids.map(({ step }) => step));
  const grid = grids[index];
  if (!grid) {
    return <Empty title="No grid yet">The first one comes after {view.own?.recipe.sampleEvery} steps.</Empty>;
  }
  const newest = index === grids.length - 1;
  return (
    <section className="generator-images" aria-label="Images through time">
      <figure>
        <figcaption>
          Generated, step {formatInteger(grid.step)}{' '}
          <span className="soft">
            <Ago at={grid.at} />
          </span>
        </figcaption>
        <SampleImage image={grid.image} label={`A hundred generated images at step ${grid.step}`} />
        <div className="generator-slider">
          <span>Back through time</span>
          <Slider
            thumbLabel="Step"
            thumbProps={{ 'aria-valuetext': `step ${grid.step}` }}
            min={0}
            max={Math.max(1, grids.length - 1)}
            step={1}
            value={index}
            disabled={grids.length < 2}
            label={(at) => `step ${formatInteger(grids[at]?.step ?? 0)}`}
            onChange={(at) => show(at === grids.length - 1 ? null : (grids[at]?.step ?? null))}
          />
          <span className="soft">
            look {index + 1} of {grids.length}
            {newest && ', the newest'}
          </span>
        </div>
        <Checkpoint study={study} view={view} grid={grid} />
      </figure>
      {real && (
        <figure>
          <figcaption>
            Real, from {real.name} <span className="soft">the first hundred</span>
          </figcaption>
          <SampleImage image={real.image} label={`A hundred real images from ${real.name}`} />
        </figure>
      )}
    </section>
  );
}

/** Which step's weights the study takes, and the choice of this one. */
function Checkpoint({ study, view, grid }: { study: string; view: GeneratorView; grid: SampleGrid }) {
  const api = useApi();
  const choose = useMutation(api.generator.setCheckpoint.mutationOptions({ onError: showRefusal }));
  const { own, training, frozen } = view;
  if (!own || !training) return null;
  const taken = own.checkpoint ?? training.steps;
  const chosen = taken === grid.step;
  const take = (): void =>
    choose.mutate(
      { study, step: grid.step },
      {
        onSuccess: () =>
          showUndoToast({
            message: `The study takes the generator of step ${formatInteger(grid.step)}${frozen ? '; its stimuli are stale now' : ''}`,
            undo: () => choose.mutate({ study, step: own.checkpoint }),
          }),
      },
    );
  return (
    <div className="generator-checkpoint">
      <span>
        The study takes {own.checkpoint === null ? 'the last step' : `step ${formatInteger(own.checkpoint)}`}
        {chosen && ', which is this one'}.
      </span>
      {!chosen && (
        <Button variant="default" onClick={take} loading={choose.isPending}>
          Take step {formatInteger(grid.step)}
        </Button>
      )}
      {own.checkpoint !== null && (
        <Button variant="subtle" color="gray" onClick={() => choose.mutate({ study, step: null })}>
          Take the last
        </Button>
      )}
    </div>
  );
}

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
  useThrottledRefetch(losses.refetch, topics, lookEvery);
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
  if (losses.isError) return <ErrorNotice error={losses.error} onRetry={() => void losses.refetch()} />;
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

/** A grid of images on its mat, pixelated. The one before stays until the next one is there, so that nothing flickers. */
export function SampleImage({ image, label }: { image: string; label: string }) {
  const [shown, setShown] = useState(image);
  return (
    <span className="sample-image">
      <img src={shown} alt={label} draggable={false} />
      {shown !== image && <img src={image} alt="" hidden onLoad={() => setShown(image)} />}
    </span>
  );
}
