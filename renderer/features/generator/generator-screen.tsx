import { useMutation, useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';
import { Empty, Loading, ErrorNotice } from '../../ui/states.tsx';
import { useStudy } from '../../navigation/addresses.ts';
import './generator.css';
import { Losses, ThroughTime } from './training-progress.tsx';
import { RecipePanel } from './recipe-panel.tsx';
import { ShippedView } from './shipped-view.tsx';
import { Button, Progress } from '@mantine/core';
import type { GeneratorView } from '../../../main/contract/api/generator.ts';
import { RunState } from '../../ui/badges.tsx';
import { formatCost, formatRemaining, formatInteger } from '../../../main/domain/format.ts';
import { showRefusal } from '../../ui/toasts.tsx';

/** What can change here, and how often it is asked for at most, in milliseconds. */
const topics = ['generator', 'jobs', 'studies'] as const;
const lookEvery = 700;

/** The network that makes the images: trained here and watched as it learns, or one that comes with the product. */
export function GeneratorScreen() {
  const api = useApi();
  const study = useStudy();
  const view = useQuery(api.generator.get.queryOptions({ input: { study }, meta: { live: 'self' } }));
  useThrottledRefetch(view.refetch, topics, lookEvery);
  if (view.isPending) return <Loading label="Reading the generator" lines={8} />;
  if (view.isError) {
    return (
      <div className="screen">
        <h1>Generator</h1>
        <ErrorNotice error={view.error} onRetry={() => void view.refetch()} />
      </div>
    );
  }
  const { kind, shipped, training, grids, real } = view.data;
  return (
    <div className="screen">
      <GeneratorHead study={study} view={view.data} />
      {kind === 'none' && (
        <Empty title="No generator is needed">The stimuli of this study were made elsewhere and imported.</Empty>
      )}
      {shipped && <ShippedView shipped={shipped} real={real} />}
      {kind === 'trained' &&
        (training === null ? (
          <Empty title="Not trained yet">
            Losses, and what it makes of one hundred points, show here while it trains: the first grid after{' '}
            {view.data.own?.recipe.sampleEvery} steps.
          </Empty>
        ) : (
          <>
            <ThroughTime study={study} view={view.data} />
            <Losses study={study} steps={grids.map(({ step }) => step)} />
          </>
        ))}
      {kind !== 'none' && <RecipePanel key={JSON.stringify(view.data.own)} study={study} view={view.data} />}
    </div>
  );
}

/** Where the training stands, and its start, stop and resumption. */
export function GeneratorHead({ study, view }: { study: string; view: GeneratorView }) {
  const { kind, training, working } = view;
  return (
    <header className="screen-head">
      <h1>Generator</h1>
      {kind === 'shipped' && <span className="soft">comes with the product</span>}
      {training && <RunState state={training.state} />}
      {training && (
        <span>
          step {formatInteger(training.step)} of {formatInteger(training.steps)}
          {training.secondsLeft !== null && <span className="soft"> · {formatRemaining(training.secondsLeft)}</span>}
          {training.engine !== null && <span className="soft"> · {training.engine}</span>}
        </span>
      )}
      <span className="screen-tools">
        <Controls study={study} view={view} />
      </span>
      {training && working && training.state === 'running' && (
        <Progress
          className="generator-progress"
          value={(100 * training.step) / training.steps}
          aria-label="Training of the generator"
        />
      )}
      {training?.failure && (
        <p className="generator-note" role="alert">
          The training failed: {training.failure}
        </p>
      )}
      {training?.changed && (
        <p className="generator-note">
          The recipe was changed after this training. What shows below is of the old one; train it again to replace it.
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
      <Button variant="default" onClick={() => stop.mutate({ study })} loading={stop.isPending}>
        Stop
      </Button>
    );
  }
  const fresh = training === null || training.changed;
  if (!fresh && training.state === 'done') return null;
  const label = fresh ? 'Train the generator' : training.state === 'failed' ? 'Try again' : 'Go on training';
  return (
    <>
      <span className="soft">{formatCost(own.cost)}</span>
      <Button onClick={() => start.mutate({ study, goal: 'generator' })} loading={start.isPending}>
        {label}
      </Button>
    </>
  );
}
