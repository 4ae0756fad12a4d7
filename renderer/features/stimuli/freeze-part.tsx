import { Anchor, Button, Group, Text, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { IconAlertTriangle, IconCheck, IconSnowflake } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import type { FrozenSet, StimuliState } from '../../../main/contract/api/stimuli.ts';
import { interpolationName } from '../../../main/domain/settings/stimuli-settings.ts';
import { pairBalance } from '../../../main/domain/stimuli/pair-balance.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { useApi } from '../../client/context.tsx';
import { SetName, Term } from '../../ui/words/terms.tsx';
import { RehearsalMark } from '../../ui/words/badges.tsx';
import { formatCount } from '../../../main/domain/numbers/format.ts';
import { kindNames } from '../../../main/domain/results/response-kinds.ts';
import { HelpNote, ErrorNotice, Fact, Card } from '../../ui/parts/states.tsx';
import { useStudyJob } from '../../ui/parts/job-progress.tsx';
import { Confirm } from '../../ui/parts/confirm.tsx';
import { CallButton } from '../../ui/parts/buttons.tsx';
import {
  type AnchorDoubt,
  anchorPoints,
  CheckFailed,
  DoubtList,
  doubtNote,
  useReferenceCheck,
} from '../../stimuli/anchor-doubts.tsx';
import { PartsAt } from '../../ui/places/place.tsx';

interface FreezePartProps {
  study: string;
  state: StimuliState;
  /** False while the last change is not saved. */
  saved: boolean;
}

/** The frozen set, whether the draft can be frozen, and what becomes outdated by that. */
export function FreezePart({ study, state, saved }: FreezePartProps) {
  const { frozen } = state;
  return (
    <Stack maw={760} gap="lg">
      {frozen && <Frozen study={study} frozen={frozen} />}
      {state.locked && <Locked study={study} />}
      {state.draft && !frozen?.current && !state.locked && <Ready study={study} state={state} saved={saved} />}
      <PartsAt place="stimuli.cards" study={study} state={state} />
    </Stack>
  );
}

/** The job that works on the images, if there is one. */
export function JobLine({ job }: { job: ReturnType<typeof useStudyJob> }) {
  if (job === null) return null;
  return (
    <Text size="sm" role="status">
      {job.title} … {job.state === 'waiting' && job.note}
    </Text>
  );
}

function Frozen({ study, frozen }: { study: string; frozen: FrozenSet }) {
  const api = useApi();
  const job = useStudyJob(study, ['report']);
  const run = useMutation(api.work.start.mutationOptions());
  const { hash, images, pairs, alphas, width, height, predicted, snapshots, labelers, imported } = frozen;
  const size = `${width} × ${height} pixels for the models`;
  return (
    <Card
      className="card-start"
      title={
        <>
          <IconSnowflake size={18} aria-hidden /> Frozen: {formatCount(images, 'image')}
        </>
      }
    >
      <dl className="facts">
        <Fact name="Set">
          <code>{hash.slice(0, 16)}</code> (hash of its pixels)
        </Fact>
        <Fact name="Images">
          {pairs.length > 0 ? `${formatCount(pairs.length, 'pair')} × ${alphas.length} alphas, ${size}` : size}
        </Fact>
        <Fact name="Made">{madeHow(frozen)}</Fact>
        <Fact name="Predictions">
          {snapshots === 0 ? (
            'no trained models yet'
          ) : (
            <>
              {predicted} of {snapshots} <Term of="snapshot">snapshots</Term>
            </>
          )}
          {predicted < snapshots && ' (the others are computed when you open them; running the study stores them)'}
        </Fact>
        <Fact name="Labels">
          {[
            ...(labelers === 0 ? [] : [formatCount(labelers, 'labeler')]),
            ...imported.map((kind) => `imported: ${kindNames[kind].toLowerCase()}`),
          ].join(', ') || 'nobody yet'}{' '}
          {frozen.simulated && <RehearsalMark />}
        </Fact>
      </dl>
      <Group>
        {predicted < snapshots && (
          <CallButton variant="filled" disabled={job !== null} call={run} input={{ study, goal: 'report' }}>
            Run the study up to its report
          </CallButton>
        )}
        <Anchor component={Link} href={studyAddress(study, '/models')} c="inherit" underline="always">
          Go to the models
        </Anchor>
      </Group>
      {run.isError && <ErrorNotice error={run.error} />}
    </Card>
  );
}

function Locked({ study }: { study: string }) {
  const api = useApi();
  const [, navigate] = useLocation();
  const copy = useMutation({
    ...api.stimuli.copy.mutationOptions(),
    onSuccess: ({ study: name }) => navigate(studyAddress(name, '/stimuli')),
  });
  return (
    <Card className="card-start" title="People have labeled this set, so it cannot change">
      <HelpNote>
        To change the images, copy the study. The copy shares trainings and candidates. The labels stay with this study.
      </HelpNote>
      <CallButton variant="filled" call={copy} input={{ study }}>
        Copy the study
      </CallButton>
      {copy.isError && <ErrorNotice error={copy.error} />}
    </Card>
  );
}

function Ready({ study, state, saved }: FreezePartProps) {
  const api = useApi();
  const job = useStudyJob(study, ['stimuli']);
  const freeze = useMutation(api.stimuli.freeze.mutationOptions());
  const check = useReferenceCheck(study, state);
  const [doubts, setDoubts] = useState<AnchorDoubt[]>([]);
  const checkFirst = useMutation({
    mutationFn: () => check(anchorPoints(state)),
    onSuccess: (found) => (found.length > 0 ? setDoubts(found) : freeze.mutate({ study })),
  });
  const { balanced, connected } = pairBalance(state.pairs, state.classes.length);
  const images = state.pairs.length * (state.draft?.alphas ?? 0);
  const inPairs = [...new Set(state.pairs.flat())];
  const withAnchor = inPairs.filter((k) => state.anchors[k]).length;
  const ready = withAnchor === inPairs.length && state.pairs.length > 0;
  return (
    <Card className="card-start" title="Freeze the draft">
      <Stack component="ul" className="stimuli-checks" p={0} gap="xs" style={{ listStyle: 'none' }}>
        <Check good={withAnchor === inPairs.length}>
          {withAnchor} of {inPairs.length} classes {inPairs.length < state.classes.length && 'in pairs '}have an anchor
        </Check>
        <Check good={balanced}>
          {balanced ? 'Every class is in the same number of pairs' : 'Classes are in different numbers of pairs'}
        </Check>
        <Check good={connected}>
          {connected ? 'All classes are connected through pairs' : 'Some classes are not connected through pairs'}
        </Check>
      </Stack>
      <HelpNote>
        Freezing renders every image once and stores the set under the hash of its pixels. After that it never changes:
        models predict it, people label it, and every figure names it. This takes a few seconds.
      </HelpNote>
      {state.frozen && <Stale frozen={state.frozen} />}
      <Group>
        <Button
          variant="filled"
          leftSection={<IconSnowflake size={16} aria-hidden />}
          disabled={!ready || !saved || job !== null}
          loading={checkFirst.isPending || freeze.isPending}
          onClick={() => checkFirst.mutate()}
        >
          Freeze {formatCount(images, 'image')}
        </Button>
        <JobLine job={job} />
      </Group>
      {freeze.isError && <ErrorNotice error={freeze.error} />}
      <Confirm
        opened={checkFirst.isError}
        title="Freeze without checking the anchors?"
        action={`Freeze ${formatCount(images, 'image')}`}
        onClose={checkFirst.reset}
        onConfirm={() => freeze.mutate({ study })}
      >
        <CheckFailed error={checkFirst.error} />
      </Confirm>
      <Confirm
        opened={doubts.length > 0}
        title="Freeze with these anchors?"
        action={`Freeze ${formatCount(images, 'image')}`}
        onClose={() => setDoubts([])}
        onConfirm={() => freeze.mutate({ study, acceptDoubtful: true })}
      >
        <Text>
          The reference classifier of this study takes {doubts.length === 1 ? 'an anchor' : `${doubts.length} anchors`}{' '}
          for another class:
        </Text>
        <DoubtList state={state} doubts={doubts} />
        <HelpNote>{doubtNote}</HelpNote>
      </Confirm>
    </Card>
  );
}

/** What becomes outdated when another set replaces the frozen one. */
export function outdatedBy({ predicted, labelers }: FrozenSet): string {
  const parts = [
    ...(predicted > 0 ? [`the predictions of ${formatCount(predicted, 'snapshot')}`] : []),
    ...(labelers > 0 ? [`the labels of ${formatCount(labelers, 'simulated labeler')}`] : []),
    'the report',
  ];
  return new Intl.ListFormat('en').format(parts);
}

function Stale({ frozen }: { frozen: FrozenSet }) {
  return (
    <p className="warning-note">
      <IconAlertTriangle size={16} aria-hidden />
      <span>
        The draft differs from the frozen set <SetName hash={frozen.hash} />. Freezing creates another set. Then{' '}
        {outdatedBy(frozen)} must be created again.
        <PartsAt place="stimuli.replaced" />
      </span>
    </p>
  );
}

function Check({ good, children }: { good: boolean; children: React.ReactNode }) {
  return (
    <li data-good={good || undefined}>
      {good ? <IconCheck size={16} aria-label="Passed" /> : <IconAlertTriangle size={16} aria-label="Warning" />}
      <span>{children}</span>
    </li>
  );
}

function madeHow({ source, interpolation }: FrozenSet): string {
  if (source === 'imported') return 'imported';
  if (source === 'test-images') return 'test images of the data set, as they are';
  const way = interpolation && interpolationName(interpolation);
  return source === 'generated' ? `in this study, ${way}` : `in this study from real images, blended in ${way}`;
}
