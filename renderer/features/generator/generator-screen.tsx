import { Anchor, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { GeneratorView } from '../../../main/contract/api/generator.ts';
import { formatCost, formatInteger, formatRemaining } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';
import { Link } from 'wouter';
import { studyAddress, useStudy } from '../../navigation/addresses.ts';
import { Empty, QueryState } from '../../ui/parts/states.tsx';
import { refusedTitle } from '../../recipes/refused-setting.tsx';
import { showRefusal } from '../../ui/parts/toasts.tsx';
import { misfitOf, RecipePanel } from './recipe-panel.tsx';
import { ShippedView } from './shipped-view.tsx';
import { Quality } from './quality.tsx';
import { Losses, ThroughTime } from './training-progress.tsx';
import { StepState } from '../../ui/parts/step-state.tsx';
import { stopping } from '../../ui/parts/training-words.ts';
import { CallButton } from '../../ui/parts/buttons.tsx';
import './generator.css';

/** Topics that affect this screen, and the shortest time between refetches in milliseconds. */
const topics = ['generator', 'jobs', 'studies'] as const;
const refetchInterval = 700;

/** The generator of the images: trained here, or shipped with the product. */
export function GeneratorScreen() {
  const api = useApi();
  const study = useStudy();
  const view = useQuery(api.generator.get.queryOptions({ input: { study }, meta: { live: 'self' } }));
  useThrottledRefetch(view.refetch, topics, refetchInterval);
  if (view.isError || !view.data)
    return <QueryState query={view} title="Generator" loading="Loading the generator" lines={8} />;
  const { kind, shipped, training, grids, real } = view.data;
  return (
    <div className="screen">
      <GeneratorHead study={study} view={view.data} />
      {kind === 'none' && <Empty title="No generator needed">The stimuli of this study were imported.</Empty>}
      {(kind === 'real-images' || kind === 'test-images') && (
        <Empty
          title="No generator needed"
          actions={
            <Anchor component={Link} href={studyAddress(study, '/stimuli')} c="inherit" underline="always">
              Go to the stimuli
            </Anchor>
          }
        >
          The stimuli of this study are {kind === 'test-images' ? 'test images' : 'mixed from real images'}. To have a
          generator make them, choose it on the Stimuli screen.
        </Empty>
      )}
      {shipped && <ShippedView study={study} shipped={shipped} real={real} />}
      {kind === 'shipped' && view.data.quality && <Quality quality={view.data.quality} />}
      {kind === 'trained' &&
        (training === null ? (
          <Empty title="Not trained yet">
            Losses and sample images appear here during training. The first samples come after{' '}
            {view.data.own?.recipe.sampleEvery} steps.
          </Empty>
        ) : (
          <>
            <ThroughTime study={study} view={view.data} />
            {view.data.quality && <Quality quality={view.data.quality} />}
            <Losses
              study={study}
              steps={grids.map(({ step }) => step)}
              isHinge={view.data.own?.recipe.loss === 'hinge'}
            />
          </>
        ))}
      {(kind === 'trained' || kind === 'shipped') && (
        <RecipePanel key={JSON.stringify(view.data.own)} study={study} view={view.data} />
      )}
    </div>
  );
}

/** State of the training, with its start, stop and resume buttons. */
function GeneratorHead({ study, view }: { study: string; view: GeneratorView }) {
  const { kind, training, working } = view;
  return (
    <header className="screen-head">
      <h1>Generator</h1>
      <StepState study={study} step="generator" />
      {kind === 'shipped' && <span className="soft">shipped with the product</span>}
      {training && (
        <span>
          step {formatInteger(training.step)} of {formatInteger(training.steps)}
          {training.timeLeft !== null && <span className="soft"> · {formatRemaining(training.timeLeft)}</span>}
          {training.engine !== null && <span className="soft"> · {training.engine}</span>}
        </span>
      )}
      <span className="screen-tools">
        <Controls study={study} view={view} />
      </span>
      {training && working && training.state === 'running' && (
        <Progress
          style={{ flexBasis: '100%' }}
          value={(100 * training.step) / training.steps}
          aria-label="Training of the generator"
        />
      )}
      {training?.changed && (
        <p className="warning-note" style={{ flexBasis: '100%' }}>
          The images below are from the old recipe. Train again to replace them.
        </p>
      )}
    </header>
  );
}

function Controls({ study, view }: { study: string; view: GeneratorView }) {
  const api = useApi();
  const start = useMutation(api.work.start.mutationOptions({ onError: showRefusal }));
  const stop = useMutation(api.work.stop.mutationOptions({ onError: showRefusal }));
  const { own, training, working } = view;
  if (!own) return null;
  if (working) {
    return (
      <CallButton title={stopping.study.does} call={stop} input={{ study }}>
        {stopping.study.label}
      </CallButton>
    );
  }
  const fresh = training === null || training.changed;
  if (!fresh && training.state === 'done') return null;
  const label = fresh ? 'Train generator' : training.state === 'failed' ? 'Retry training' : 'Resume training';
  const misfit = misfitOf(own.recipe, view);
  return (
    <>
      <span className="soft">{misfit ? refusedTitle(misfit, 'The generator') : formatCost(own.cost)}</span>
      <CallButton variant="filled" disabled={misfit !== null} call={start} input={{ study, goal: 'generator' }}>
        {label}
      </CallButton>
    </>
  );
}
