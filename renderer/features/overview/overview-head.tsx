import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Overview } from '../../../main/contract/api/overview.ts';
import { useApi } from '../../client/context.tsx';
import { leftText, percentText } from '../../ui/format.ts';
import { StudyMenu } from '../studies/study-menu.tsx';
import { StudyStateMark } from '../studies/study-state.tsx';
import { showRefusal } from '../../ui/toasts.tsx';
import { costText } from '../studies/words.ts';
import { TitleEditor } from './title-editor.tsx';
import { useState } from 'react';

/** Title, question, state, and the one thing to do next: everything that is left, or stopping it. */
export function OverviewHead({ overview, onChange }: { overview: Overview; onChange: () => void }) {
  const { study, rest, job } = overview;
  const api = useApi();
  const [editing, setEditing] = useState(false);
  const start = useMutation(api.work.start.mutationOptions({ onError: showRefusal, onSuccess: onChange }));
  return (
    <header className="overview-head">
      <div className="overview-title">
        <TitleEditor study={study} editing={editing} onEnd={() => setEditing(false)} onChange={onChange} />
        <StudyStateMark state={study.state} />
        <span className="screen-tools">
          {rest?.goal && (
            <>
              {rest.cost && <span className="soft">{costText(rest.cost)}</span>}
              <Button
                loading={start.isPending}
                onClick={() => rest.goal && start.mutate({ study: study.name, goal: rest.goal })}
              >
                {rest.label}
              </Button>
            </>
          )}
          <StudyMenu study={study} onRename={() => setEditing(true)} />
        </span>
      </div>
      {study.question !== '' && <p className="overview-question">{study.question}</p>}
      {job !== null && <WorkLine job={job} study={study.name} onChange={onChange} />}
    </header>
  );
}

/** What works on the study now, how far it is, and the way to stop it. */
function WorkLine({ job, study, onChange }: { job: string; study: string; onChange: () => void }) {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const stop = useMutation(api.work.stop.mutationOptions({ onError: showRefusal, onSuccess: onChange }));
  const found = jobs.data?.find(({ id }) => id === job);
  if (!found) return null;
  const { title, share, note, secondsLeft, state } = found;
  return (
    <section className="work-line" aria-label="Work on this study">
      <div className="work-line-words">
        <strong>{title.split(': ')[0]}</strong>
        <span className="work-line-note" title={note}>
          {state === 'stopping' ? 'Stopping: every run writes a checkpoint' : note}
        </span>
        <span className="work-line-end">
          {share !== null && percentText(share, 0)} {secondsLeft !== null && leftText(secondsLeft)}
        </span>
        <Button
          variant="default"
          size="compact-xs"
          disabled={state === 'stopping'}
          onClick={() => stop.mutate({ study })}
        >
          Stop
        </Button>
      </div>
      <Progress value={(share ?? 0) * 100} aria-label={`${title}: progress`} />
    </section>
  );
}
