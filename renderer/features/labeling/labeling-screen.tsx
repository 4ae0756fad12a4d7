import { Box } from '@mantine/core';
import { useState } from 'react';
import type { LabelingState } from '../../../main/contract/labeling/state.ts';
import { formatCount } from '../../../main/domain/numbers/format.ts';
import { studyAddress, useParameter, useStudy } from '../../navigation/addresses.ts';
import { LinkButton } from '../../ui/parts/buttons.tsx';
import { listAt } from '../../ui/places/places.ts';
import { Empty, PartTabs, QueryState } from '../../ui/parts/states.tsx';
import { StepState } from '../../ui/parts/step-state.tsx';
import { LabelsPart } from './labels-part.tsx';
import { useLabelingState } from './use-labeling-state.ts';

/** The part with the labels, in the address. */
const labels = 'after';

/** Labeling by people: ways to get labels, and the labels. */
export function LabelingScreen() {
  const study = useStudy();
  const state = useLabelingState(study);
  return (
    <Box className="screen labeling" maw={1600}>
      <div className="screen-head">
        <h1>Labeling</h1>
        <StepState study={study} step="labeling" />
        {state.data && <span className="soft">{summary(state.data)}</span>}
      </div>
      <QueryState query={state} loading="Reading the labeling" lines={8} />
      {state.data && <Parts key={study} study={study} state={state.data} />}
    </Box>
  );
}

function Parts({ study, state }: { study: string; state: LabelingState }) {
  const [part, setPart] = useParameter('part');
  const ways = listAt('labeling.parts');
  // What is saved must not switch the part.
  const [first] = useState(() => ways.find((way) => way.isFirst(state))?.part ?? labels);
  const all = [...ways.map((way) => way.part), labels];
  const { stimuli } = state;
  if (!stimuli) return <NoStimuli study={study} />;
  return (
    <PartTabs
      shown={all.find((each) => each === part) ?? first}
      onShow={(next) => setPart(next, { replace: true })}
      parts={[
        ...ways.map(({ Part, ...way }) => ({
          ...way,
          content: <Part study={study} stimuli={stimuli} onPart={setPart} />,
        })),
        { part: labels, title: 'Labels', content: <LabelsPart study={study} state={state} /> },
      ]}
    />
  );
}

function summary({ stimuli, sessions: { all, active, finished }, lock, otherLabelers }: LabelingState): string {
  return [
    stimuli ? formatCount(stimuli.images, 'image') : 'no frozen stimuli',
    all === 0 ? 'no sessions yet' : `${finished} of ${formatCount(all, 'session')} finished`,
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
