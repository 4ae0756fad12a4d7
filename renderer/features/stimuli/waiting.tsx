import { Anchor, Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { useApi } from '../../client/context.tsx';
import { formatPercent } from '../../../main/domain/numbers/format.ts';
import { Empty, ErrorNotice } from '../../ui/parts/states.tsx';
import { CallButton } from '../../ui/parts/buttons.tsx';
import { useStudyJob } from '../../ui/parts/job-progress.tsx';

interface WaitingProps {
  study: string;
  state: StimuliState;
  /** Uses the best candidate of each class as its anchor. */
  onReset: () => void;
}

/** Shown without candidates: what is missing, and the button that creates it. */
export function Waiting({ study, state, onReset }: WaitingProps) {
  const api = useApi();
  const job = useStudyJob(study, ['generator', 'candidates', 'stimuli', 'report']);
  const start = useMutation(api.work.start.mutationOptions());
  const [own] = state.searches.filter((search) => search.own);
  const failed = own?.state === 'failed';
  const fits = own?.state !== 'done';
  const isReal = state.source === 'blended';
  if (job) {
    return (
      <Empty title={job.title}>
        <span role="status">
          {job.share === null ? 'Working' : formatPercent(job.share, 0)}: {job.note || 'starting'}
        </span>
      </Empty>
    );
  }
  return (
    <Empty
      title={waitingTitle(state, failed, fits)}
      actions={
        <>
          <Group>
            {fits ? (
              <CallButton variant="filled" call={start} input={{ study, goal: 'candidates' }}>
                {state.generator || isReal ? 'Find candidates' : 'Train the generator and find candidates'}
              </CallButton>
            ) : (
              state.draft?.anchors && (
                <Button variant="filled" onClick={onReset}>
                  {isReal ? 'Choose anchors by the rule' : 'Use the best candidates'}
                </Button>
              )
            )}
            {!isReal && (
              <Anchor component={Link} href={studyAddress(study, '/generator')} c="inherit" underline="always">
                See the generator
              </Anchor>
            )}
          </Group>
          {start.isError && <ErrorNotice error={start.error} />}
        </>
      }
    >
      {!fits
        ? (state.problem ?? 'The generator or the candidate search has changed since the anchors were chosen.')
        : isReal
          ? 'The images of the test part are read. If the study has a reference classifier, it is trained first and says which of them are clear.'
          : state.generator
            ? 'The search draws many z. For each class it proposes those that the reference classifier recognizes with confidence and that look like real images. If needed, the reference classifier is trained first.'
            : 'A generator makes the images, and a reference classifier recognizes what they show. If needed, both are trained first.'}
    </Empty>
  );
}

function waitingTitle(state: StimuliState, failed: boolean, fits: boolean): string {
  if (failed) return 'The search for candidates failed';
  if (!fits) return 'The anchors cannot be used';
  return state.generator || state.source === 'blended' ? 'No candidates yet' : 'No generator yet';
}
