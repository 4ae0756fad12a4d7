import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Step, StepAction } from '../../../main/contract/api/studies.ts';
import { formatCost } from '../../../main/domain/format.ts';
import { stateWord, stepTitle } from '../../../main/domain/status.ts';
import { useApi } from '../../client/context.tsx';
import { studyAddress } from '../../navigation/addresses.ts';
import { RehearsalMark, StateIcon } from '../../ui/badges.tsx';
import { showRefusal } from '../../ui/toasts.tsx';
import { Ago } from '../../ui/values.tsx';

/** A step of the pipeline: state, key figure, why it is stale, what comes next. */
export function PipelineStep({ study, step, onChange }: { study: string; step: Step; onChange: () => void }) {
  const { state, figure, detail, reasons, since, simulated, action } = step;
  return (
    <li className="pipeline-step" data-state={state}>
      <span className="pipeline-mark">
        <StateIcon state={state} size={16} />
      </span>
      <div className="pipeline-name">
        <h2>{stepTitle(step.step)}</h2>
        <span className="pipeline-state">
          {stateWord(state)}
          {since !== null && (
            <>
              {' '}
              since <Ago at={since} />
            </>
          )}
        </span>
      </div>
      <p className="pipeline-figure">
        {figure ? (
          <>
            <strong>{figure.value}</strong> <span className="soft">{figure.of}</span>
          </>
        ) : (
          <span className="soft">–</span>
        )}
        {simulated && (
          <>
            {' '}
            <RehearsalMark />
          </>
        )}
      </p>
      <div className="pipeline-words">
        <p>{detail}</p>
        {reasons.length > 0 && (
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
      </div>
      <div className="pipeline-action">
        <ScreenLink study={study} step={step.step} />
        {action && <Action {...{ study, action, onChange }} step={step.step} />}
      </div>
    </li>
  );
}

/** Links to the screens of steps that have another action of their own. */
const screens: Partial<Record<Step['step'], { path: string; label: string }>> = {
  stimuli: { path: '/stimuli', label: 'Open stimuli' },
  models: { path: '/models', label: 'Open models' },
  labeling: { path: '/labeling', label: 'Open labeling' },
  analysis: { path: '/results', label: 'Open results' },
  report: { path: '/report', label: 'Open report' },
};

function ScreenLink({ study, step }: { study: string; step: Step['step'] }) {
  const screen = screens[step];
  if (!screen) return null;
  return (
    <Button component={Link} href={studyAddress(study, screen.path)} variant="subtle" color="gray">
      {screen.label}
    </Button>
  );
}

interface ActionProps {
  study: string;
  step: Step['step'];
  action: StepAction;
  onChange: () => void;
}

function Action({ study, step, action, onChange }: ActionProps) {
  const api = useApi();
  const start = useMutation(api.work.start.mutationOptions({ onError: showRefusal, onSuccess: onChange }));
  const { label, goal, link, cost } = action;
  const about = `${label}: ${stepTitle(step)}`;
  if (goal === null) {
    return (
      <Button component={Link} href={link ?? '/studies'} variant="subtle" color="gray" aria-label={about}>
        {label}
      </Button>
    );
  }
  return (
    <>
      {cost && <span className="soft">{formatCost(cost)}</span>}
      <Button
        variant="default"
        loading={start.isPending}
        onClick={() => start.mutate({ study, goal })}
        aria-label={about}
      >
        {label}
      </Button>
    </>
  );
}
