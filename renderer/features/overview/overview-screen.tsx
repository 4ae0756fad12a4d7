import { Button, Group, Stack, Box } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Overview } from '../../../main/contract/api/studies.ts';
import { formatCost } from '../../../main/domain/numbers/format.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';
import { useStudy } from '../../navigation/addresses.ts';
import { StateMark } from '../../ui/words/badges.tsx';
import { JobProgress } from '../../ui/parts/job-progress.tsx';
import { StepButton } from '../../ui/parts/step-actions.tsx';
import { QueryState } from '../../ui/parts/states.tsx';
import { showRefusal, showUndoToast } from '../../ui/parts/toasts.tsx';
import { stopping } from '../../ui/parts/training-words.ts';
import { TextField, TextArea, submitting } from '../../ui/fields/fields.tsx';
import { StudyMenu } from '../studies/study-menu.tsx';
import { FindingText } from '../../results/finding.tsx';
import { RehearsalProvider } from '../../ui/words/rehearsal.tsx';
import { ImageTypes } from './image-types.tsx';
import { PipelineStep } from './pipeline-step.tsx';
import './overview.css';
import { detach } from '../../../main/contract/wire/detach.ts';

/** Topics that affect a step's state, and the shortest time between refetches in milliseconds. */
const topics = ['studies', 'runs', 'stimuli', 'generator', 'jobs', 'clusters'] as const;
const refetchInterval = 1500;

/** A study as a pipeline: the state of each step, what is stale and why, what comes next. */
export function OverviewScreen() {
  const api = useApi();
  const study = useStudy();
  const overview = useQuery(api.overview.get.queryOptions({ input: { study }, meta: { live: 'self' } }));
  useThrottledRefetch(overview.refetch, topics, refetchInterval);
  if (overview.isError || !overview.data)
    return <QueryState query={overview} title="Study" loading="Loading the study" lines={8} />;
  const { steps, isAnswered, next } = overview.data;
  return (
    <div className="screen overview">
      <OverviewHead overview={overview.data} onChange={() => detach(overview.refetch())} />
      {isAnswered && <Found study={study} />}
      <ol className="bare-list panel" aria-label="Steps of the study">
        {steps.map((step) => (
          <PipelineStep
            key={step.step}
            study={study}
            step={step}
            next={next}
            onChange={() => detach(overview.refetch())}
          />
        ))}
      </ol>
    </div>
  );
}

/** What was found, and the figure that shows it. */
function Found({ study }: { study: string }) {
  const finding = useQuery(useApi().results.finding.queryOptions({ input: { study, labelers: null } }));
  if (finding.isError || !finding.data)
    return <QueryState query={finding} loading="Reading what was found" lines={2} />;
  const { types, rehearsal } = finding.data;
  return (
    <RehearsalProvider value={rehearsal}>
      <FindingText of={finding.data} />
      {types && <ImageTypes table={types} simulated={rehearsal} />}
    </RehearsalProvider>
  );
}

/** Title, question and state, with the button for the remaining work or for stopping it. */
function OverviewHead({ overview, onChange }: { overview: Overview; onChange: () => void }) {
  const { study, next, job } = overview;
  const [editing, setEditing] = useState(false);
  return (
    <Stack component="header" className="overview-head" gap="sm">
      <Group className="overview-title" gap="8px 16px">
        {editing ? (
          <TitleBox study={study} onEnd={() => setEditing(false)} onChange={onChange} />
        ) : (
          <h1>{study.title}</h1>
        )}
        <span role="status">
          <StateMark state={study.state} />
        </span>
        <span className="screen-tools">
          {next && (
            <>
              {next.cost && <span className="soft">{formatCost(next.cost)}</span>}
              <StepButton study={study.name} action={next} variant="filled" onChange={onChange} />
            </>
          )}
          <StudyMenu study={study} onRename={() => setEditing(true)} />
        </span>
      </Group>
      <Question study={study} onChange={onChange} />
      {next?.does && <p className="soft">{next.does}</p>}
      {job !== null && <WorkLine job={job} study={study.name} onChange={onChange} />}
    </Stack>
  );
}

/** The job that runs the study: progress, remaining time, stop. */
function WorkLine({ job, study, onChange }: { job: string; study: string; onChange: () => void }) {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const stop = useMutation(api.work.stop.mutationOptions({ onError: showRefusal, onSuccess: onChange }));
  const found = jobs.data?.find(({ id }) => id === job);
  if (!found) return null;
  const { label, does } = stopping.study;
  return (
    <>
      <JobProgress
        job={found}
        label="Work on this study"
        title={found.title.split(': ')[0] ?? found.title}
        isStopping="Stopping: every run writes a checkpoint"
        stops={stopping.study}
        onStop={() => stop.mutate({ study })}
      />
      {found.stoppable && found.state !== 'waiting' && (
        <p className="soft">{`“${label}”: ${does.charAt(0).toLowerCase()}${does.slice(1)}`}</p>
      )}
    </>
  );
}

/** The question of the study, and a form to change it. */
function Question({ study: { name, question: before }, onChange }: EditorProps) {
  const api = useApi();
  const [draft, setDraft] = useState<string | null>(null);
  const editor = useRef<HTMLButtonElement>(null);
  const rename = useMutation(api.studies.rename.mutationOptions({ onError: showRefusal, onSuccess: onChange }));
  const end = (): void => {
    setDraft(null);
    requestAnimationFrame(() => editor.current?.focus());
  };
  const save = (): void => {
    const question = (draft ?? before).trim();
    end();
    if (question === before) return;
    const undo = () => rename.mutate({ study: name, question: before });
    const onSuccess = () => showUndoToast({ message: 'Question changed', undo });
    rename.mutate({ study: name, question }, { onSuccess });
  };
  if (draft === null) {
    return (
      <Box component="p" className="overview-question" maw="90ch" c="dimmed" style={{ overflowWrap: 'break-word' }}>
        {before}{' '}
        <Button ref={editor} size="compact-xs" variant="subtle" onClick={() => setDraft(before)}>
          {before === '' ? 'Add question' : 'Edit question'}
        </Button>
      </Box>
    );
  }
  return (
    <Stack
      component="form"
      maw="90ch"
      gap="sm"
      onSubmit={submitting(save)}
      onKeyDown={getHotkeyHandler([['Escape', end]])}
    >
      <TextArea
        label="Question of the study"
        autoFocus
        autosize
        minRows={2}
        maxLength={4000}
        value={draft}
        onChange={setDraft}
      />
      <Group gap="xs">
        <Button variant="filled" type="submit">
          Save question
        </Button>
        <Button onClick={end}>Cancel</Button>
      </Group>
    </Stack>
  );
}

interface EditorProps extends Pick<Overview, 'study'> {
  onChange: () => void;
}

function TitleBox({ study: { name, title: before }, onEnd, onChange }: EditorProps & { onEnd: () => void }) {
  const api = useApi();
  const client = useClient();
  const [title, setTitle] = useState(before);
  const rename = useMutation(api.studies.rename.mutationOptions({ onError: showRefusal, onSuccess: onChange }));
  const save = (): void => {
    onEnd();
    if (title.trim() === before) return;
    rename.mutate(
      { study: name, title: title.trim() },
      {
        onSuccess: () =>
          showUndoToast({
            message: 'Title changed',
            undo: () => rename.mutate({ study: name, title: before }),
            stands: async () => (await client.overview.get({ study: name })).study.title === title.trim(),
          }),
      },
    );
  };
  return (
    <Group
      component="form"
      className="title-box"
      flex="1"
      maw={560}
      gap="sm"
      align="stretch"
      wrap="nowrap"
      onSubmit={submitting(save)}
      onKeyDown={getHotkeyHandler([['Escape', onEnd]])}
    >
      <h1 className="sr">{before}</h1>
      <TextField aria-label="Title" autoFocus maxLength={200} value={title} onChange={setTitle} />
      <Button variant="filled" type="submit" disabled={title.trim() === ''}>
        Save title
      </Button>
    </Group>
  );
}
