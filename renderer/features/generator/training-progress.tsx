import { Button, Slider, Group, SimpleGrid, Box } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { GeneratorView, SampleGrid } from '../../../main/contract/api/generator.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { formatInteger } from '../../../main/domain/numbers/format.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { nearestIndex } from '../../charts/series.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';
import { useParameter } from '../../navigation/addresses.ts';
import { PartsAt } from '../../ui/places/place.tsx';
import { Empty, QueryState } from '../../ui/parts/states.tsx';
import { showRefusal, showUndoToast } from '../../ui/parts/toasts.tsx';
import { Ago } from '../../ui/words/values.tsx';

/** The shown grid: of the step in the address, or the newest, which then follows the training. */
function useShownStep(steps: readonly number[]): readonly [index: number, show: (step: number | null) => void] {
  const [value, set] = useParameter('step');
  const wanted = value === null ? null : Number(value);
  const last = steps.length - 1;
  const index =
    wanted === null || Number.isNaN(wanted)
      ? last
      : nearestIndex(
          steps.map((step) => [step, 0]),
          wanted,
        );
  return [index, (step) => set(step === null ? null : String(step), { replace: true })];
}

/** Samples from the same 100 latent points at each saved step, beside real images. */
export function ThroughTime({ study, view }: { study: string; view: GeneratorView }) {
  const { grids, real } = view;
  const [index, show] = useShownStep(grids.map(({ step }) => step));
  const grid = grids[index];
  if (!grid) {
    return <Empty title="No samples yet">The first samples come after {view.own?.recipe.sampleEvery} steps.</Empty>;
  }
  const newest = index === grids.length - 1;
  return (
    <Group
      component="section"
      className="generator-images"
      gap="xl"
      align="flex-start"
      aria-label="Samples during training"
    >
      <figure>
        <figcaption>
          Generated, step {formatInteger(grid.step)}{' '}
          <span className="soft">
            <Ago at={grid.at} />
            {view.own?.recipe.conditional && ', by class'}
          </span>
        </figcaption>
        <SampleImage image={grid.image} label={`100 generated images at step ${grid.step}`} />
        <div className="generator-slider">
          <span>Training step</span>
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
            grid {index + 1} of {grids.length}
            {newest && ', the newest'}
          </span>
        </div>
        <Checkpoint study={study} view={view} grid={grid} />
      </figure>
      {real && <RealImages real={real} />}
    </Group>
  );
}

/** The step whose weights the study uses, and a button to use the shown one. */
function Checkpoint({ study, view, grid }: { study: string; view: GeneratorView; grid: SampleGrid }) {
  const api = useApi();
  const client = useClient();
  const choose = useMutation(api.generator.setCheckpoint.mutationOptions({ onError: showRefusal }));
  const { own, training, frozen } = view;
  if (!own || !training) return null;
  const usedStep = own.checkpoint ?? training.steps;
  const chosen = usedStep === grid.step;
  const use = (): void =>
    choose.mutate(
      { study, step: grid.step },
      {
        onSuccess: () =>
          showUndoToast({
            message: `The study now uses the generator of step ${formatInteger(grid.step)}${frozen ? '; its stimuli are stale' : ''}`,
            undo: () => choose.mutate({ study, step: own.checkpoint }),
            stands: async () => (await client.generator.get({ study })).own?.checkpoint === grid.step,
          }),
      },
    );
  return (
    <Group mih={30} gap="8px 12px">
      <span>
        The study uses {own.checkpoint === null ? 'the last step' : `step ${formatInteger(own.checkpoint)}`}
        {chosen && ' (shown)'}.
      </span>
      {!chosen && (
        <Button onClick={use} loading={choose.isPending}>
          Use step {formatInteger(grid.step)}
        </Button>
      )}
      {own.checkpoint !== null && (
        <Button variant="subtle" color="gray" onClick={() => choose.mutate({ study, step: null })}>
          Use last step
        </Button>
      )}
      <PartsAt
        place="generator.weights"
        study={study}
        step={grid.step}
        label={`Download the generator of step ${formatInteger(grid.step)}`}
      />
    </Group>
  );
}

const points = 1000;
const topics = ['generator'] as const;
const refetchInterval = 1000;

const names = {
  lossD: 'Discriminator loss',
  lossG: 'Generator loss',
  dReal: 'Real images',
  dFake: 'Generated images',
} as const;

const stepAxis = { title: 'Steps' };
const lossAxis = { title: 'Loss (nats)', domain: [0, null] as const };
/** The generator's hinge loss is a mean logit with its sign changed, so it can be negative. */
const hingeAxis = { title: 'Hinge loss', domain: [null, null] as const };
const realAxis = { title: 'Probability of "real"', domain: [0, 1] as const };

/** Losses and discriminator output; a click moves the slider to the nearest grid. */
export function Losses({ study, steps, isHinge }: { study: string; steps: readonly number[]; isHinge: boolean }) {
  const api = useApi();
  const losses = useQuery(api.generator.losses.queryOptions({ input: { study, points }, meta: { live: 'self' } }));
  useThrottledRefetch(losses.refetch, topics, refetchInterval);
  const [index, show] = useShownStep(steps);
  const series = useMemo(
    () =>
      (losses.data ?? []).map(({ series: id, steps: xs, values }) => ({
        id,
        name: names[id],
        points: xs.map((step, place) => [step, at(values, place)] as const),
      })),
    [losses.data],
  );
  if (losses.isError || !losses.data) return <QueryState query={losses} loading="Loading the losses" />;
  const cursor = steps[index] ?? null;
  const count = series[0]?.points.length ?? 0;
  return (
    <SimpleGrid component="section" cols={2} spacing="xl" aria-label="Losses">
      <LineChart
        title="Losses of generator and discriminator"
        x={stepAxis}
        y={isHinge ? hingeAxis : lossAxis}
        series={series.filter(({ id }) => id === 'lossD' || id === 'lossG')}
        cursor={cursor}
        n={`${count} points drawn`}
        height={220}
        onPick={show}
      />
      <LineChart
        title="Discriminator output"
        x={stepAxis}
        y={realAxis}
        series={series.filter(({ id }) => id === 'dReal' || id === 'dFake')}
        cursor={cursor}
        n="mean over a batch"
        height={220}
        onPick={show}
      />
    </SimpleGrid>
  );
}

/** A pixelated grid of images on its mat. Keeps the previous image until the next has loaded, to avoid flicker. */
export function SampleImage({ image, label }: { image: string; label: string }) {
  const [shown, setShown] = useState(image);
  return (
    <Box component="span" className="sample-image" display="block" p="sm" bg="var(--mat)">
      <img src={shown} alt={label} draggable={false} />
      {shown !== image && <img src={image} alt="" hidden onLoad={() => setShown(image)} />}
    </Box>
  );
}

/** The first images of the data set, to compare generated ones with. */
export function RealImages({ real }: { real: NonNullable<GeneratorView['real']> }) {
  return (
    <figure>
      <figcaption>
        Real, from {real.name} <span className="soft">first 100</span>
      </figcaption>
      <SampleImage image={real.image} label={`100 real images from ${real.name}`} />
    </figure>
  );
}
