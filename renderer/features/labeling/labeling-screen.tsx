import { Box } from '@mantine/core';
import { useState } from 'react';
import type { Board } from '../../../main/contract/labeling/board.ts';
import { useParameter, useStudy, studyAddress } from '../../navigation/addresses.ts';
import { formatCount } from '../../../main/domain/format.ts';
import { Empty, QueryState, PartTabs } from '../../ui/states.tsx';
import { AfterPart } from './labels-part.tsx';
import { StepState } from '../../ui/step-state.tsx';
import { LinkButton } from '../../ui/buttons.tsx';
import './labeling.css';
import { PlanPart } from './plan-part.tsx';
import { SessionsPart } from './sessions-part.tsx';
import { useBoard } from './use-labeling.ts';

const parts = ['plan', 'sessions', 'after'] as const;
type Part = (typeof parts)[number];

/** Labeling by people: the plan, the sessions, and the labels. */
export function LabelingScreen() {
  const study = useStudy();
  const board = useBoard(study);
  return (
    <Box className="screen labeling" maw={1600}>
      <div className="screen-head">
        <h1>Labeling</h1>
        <StepState study={study} step="labeling" />
        {board.data && <span className="soft">{summary(board.data)}</span>}
      </div>
      <QueryState query={board} loading="Reading the labeling" lines={8} />
      {board.data && <Parts key={study} study={study} board={board.data} />}
    </Box>
  );
}

function Parts({ study, board }: { study: string; board: Board }) {
  const [part, setPart] = useParameter('part');
  // Saving a plan must not switch the tab.
  const [first] = useState<Part>(board.plan ? 'sessions' : 'plan');
  const shown = parts.find((each) => each === part) ?? first;
  if (!board.stimuli) return <NoStimuli study={study} />;
  return (
    <PartTabs
      shown={shown}
      onShow={(next) => setPart(next, { replace: true })}
      parts={[
        {
          part: 'plan',
          title: 'Plan',
          content: <PlanPart study={study} stimuli={board.stimuli} sessions={board.sessions} />,
        },
        {
          part: 'sessions',
          title: 'Sessions',
          content: <SessionsPart study={study} board={board} onPlan={() => setPart('plan')} />,
        },
        { part: 'after', title: 'Labels', content: <AfterPart study={study} board={board} /> },
      ]}
    />
  );
}

function summary({ stimuli, sessions, lock, otherLabelers }: Board): string {
  const finished = sessions.filter(({ state }) => state === 'finished').length;
  const active = sessions.filter(({ state }) => state === 'active').length;
  return [
    stimuli ? formatCount(stimuli.images, 'image') : 'no frozen stimuli',
    sessions.length === 0 ? 'no sessions yet' : `${finished} of ${formatCount(sessions.length, 'session')} finished`,
    ...(active > 0 ? [`${active} in progress`] : []),
    ...(otherLabelers.people > 0 ? [`${formatCount(otherLabelers.people, 'labeler')} from files`] : []),
    ...(otherLabelers.simulated > 0 ? [`${formatCount(otherLabelers.simulated, 'simulated labeler')}`] : []),
    ...(lock ? ['labels locked'] : []),
  ].join(' · ');
}

function NoStimuli({ study }: { study: string }) {
  return (
    <Empty
      title="No images to label yet"
      actions={
        <LinkButton variant="filled" to={studyAddress(study, '/stimuli?part=freeze')}>
          Go to the stimuli
        </LinkButton>
      }
    >
      People label the frozen stimuli, so that they see the same images as the models. Freeze the stimuli first.
    </Empty>
  );
}
