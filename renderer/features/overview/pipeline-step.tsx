import { Box } from '@mantine/core';
import { Fragment } from 'react';
import type { Step, StepAction } from '../../../main/contract/api/studies.ts';
import { formatCost } from '../../../main/domain/numbers/format.ts';
import { stateWord, stepTitle } from '../../../main/domain/networks/status.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { RehearsalMark, StateIcon } from '../../ui/words/badges.tsx';
import { NamedJob } from '../../ui/parts/job-progress.tsx';
import { StepButton } from '../../ui/parts/step-actions.tsx';
import { isFixable, Since } from '../../ui/parts/step-state.tsx';
import { LinkButton } from '../../ui/parts/buttons.tsx';

interface PipelineStepProps {
  study: string;
  step: Step;
  /** The main button of the study, which need not stand in each row. */
  next: StepAction | null;
  onChange: () => void;
}

/** A step of the pipeline: state, key figure, why it is stale, what comes next. */
export function PipelineStep({ study, step, next, onChange }: PipelineStepProps) {
  const { state, figure, detail, reasons, behind, since, simulated, action, more = [] } = step;
  const actions = [...(action ? [action] : []), ...more];
  const screen = screens[step.step];
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
              {', '}
              <Since at={since} />
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
              <li key={reason}>
                <NamedJob text={reason} behind={behind} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="pipeline-action">
        {actions
          .filter(({ label, goal }) => label !== next?.label || (goal === null && !made.includes(step.step)))
          .map((each) => (
            <Fragment key={each.label}>
              <StepButton
                study={study}
                action={each}
                onChange={onChange}
                about={`${each.label}: ${stepTitle(step.step)}`}
                {...(each.link !== null && !isFixable(state) && { variant: 'subtle', color: 'gray' })}
              />
              {each.cost && (
                <Box component="span" className="soft" fz="xs">
                  {formatCost(each.cost)}
                </Box>
              )}
            </Fragment>
          ))}
        {screen && (
          <LinkButton to={studyAddress(study, screen.path)} variant="subtle" color="gray">
            {screen.label}
          </LinkButton>
        )}
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

/** Steps that are made of the others, so that the main button is theirs too. */
const made: readonly Step['step'][] = ['labeling', 'analysis', 'report'];
