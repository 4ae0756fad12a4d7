import { Button, Progress } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { GeneratorView } from '../../../main/contract/api/generator.ts';
import { useApi } from '../../client/context.tsx';
import { RunState } from '../../ui/badges.tsx';
import { leftText, whole } from '../../ui/format.ts';
import { showRefusal } from '../../ui/toasts.tsx';
import { costText } from '../studies/words.ts';

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
          step {whole(training.step)} of {whole(training.steps)}
          {training.secondsLeft !== null && <span className="soft"> · {leftText(training.secondsLeft)}</span>}
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
      <span className="soft">{costText(own.cost)}</span>
      <Button onClick={() => start.mutate({ study, goal: 'generator' })} loading={start.isPending}>
        {label}
      </Button>
    </>
  );
}
