import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Step, StepAction, StepState } from '../../../main/contract/api/studies.ts';
import { formatCost } from '../../../main/domain/format.ts';
import { useApi } from '../../client/context.tsx';
import { studyAddress } from '../../navigation/addresses.ts';
import { RehearsalMark } from '../../ui/badges.tsx';
import { showRefusal } from '../../ui/toasts.tsx';

const names: Record<Step['step'], string> = {
  'data-set': 'Data set',
  generator: 'Generator',
  stimuli: 'Stimuli',
  models: 'Models',
  labeling: 'Labeling',
  analysis: 'Analysis',
  report: 'Report',
};

const words: Record<StepState, string> = {
  none: 'Not started',
  blocked: 'Blocked',
  working: 'Running',
  ready: 'Ready',
  stale: 'Stale',
  failed: 'Failed',
};

const marks: Record<StepState, React.ReactNode> = {
  none: <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  blocked: <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 2.3" />,
  working: <path d="M5 2.5 13 8 5 13.5Z" fill="currentColor" />,
  ready: <path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" strokeWidth="2.2" />,
  stale: <path d="M8 2v7M8 11.5v2.2" stroke="currentColor" strokeWidth="2.4" />,
  failed: <path d="M3.5 3.5l9 9M12.5 3.5l-9 9" stroke="currentColor" strokeWidth="2.2" />,
};

/** A step of the pipeline: state, key figure, why it is stale, what comes next. */
export function PipelineStep({ study, step, onChange }: { study: string; step: Step; onChange: () => void }) {
  const { state, figure, detail, reasons, simulated, action } = step;
  return (
    <li className="pipeline-step" data-state={state}>
      <span className="pipeline-mark">
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          {marks[state]}
        </svg>
      </span>
      <div className="pipeline-name">
        <h2>{names[step.step]}</h2>
        <span className="pipeline-state">{words[state]}</span>
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
  const about = `${label}: ${names[step]}`;
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
