import { Button, Slider } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { GeneratorView, SampleGrid } from '../../../main/contract/api/generator.ts';
import { useParameter } from '../../navigation/addresses.ts';
import { useApi } from '../../client/context.tsx';
import { whole } from '../../ui/format.ts';
import { Empty } from '../../ui/states.tsx';
import { showRefusal, showUndoToast } from '../../ui/toasts.tsx';
import { Ago } from '../../ui/values.tsx';
import { SampleImage } from './sample-image.tsx';

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
          Generated, step {whole(grid.step)}{' '}
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
            label={(at) => `step ${whole(grids[at]?.step ?? 0)}`}
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
            message: `The study takes the generator of step ${whole(grid.step)}${frozen ? '; its stimuli are stale now' : ''}`,
            undo: () => choose.mutate({ study, step: own.checkpoint }),
          }),
      },
    );
  return (
    <div className="generator-checkpoint">
      <span>
        The study takes {own.checkpoint === null ? 'the last step' : `step ${whole(own.checkpoint)}`}
        {chosen && ', which is this one'}.
      </span>
      {!chosen && (
        <Button variant="default" onClick={take} loading={choose.isPending}>
          Take step {whole(grid.step)}
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
