import { Button, Loader } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { studyAddress } from '../../navigation/addresses.ts';
import { useApi } from '../../client/context.tsx';
import { Loading, ErrorNotice } from '../../ui/states.tsx';
import { ImportButton, ImportJobs, useOpenSample } from './imports.tsx';
import { NewStudy } from './new-study.tsx';
import { showRefusal } from '../../ui/toasts.tsx';
import { formatBytes, formatRoughTime } from '../../../main/domain/format.ts';

/** First start: one choice of three. */
export function Welcome() {
  const api = useApi();
  const [, navigate] = useLocation();
  const [making, setMaking] = useState(false);
  const presets = useQuery(api.studies.presets.queryOptions({ input: {} }));
  const run = useMutation(
    api.studies.createAndRun.mutationOptions({
      onError: showRefusal,
      onSuccess: ({ name }) => navigate(studyAddress(name)),
    }),
  );
  const sample = useOpenSample();
  if (presets.isPending) return <Loading label="Reading what can be started" lines={6} />;
  if (presets.isError) {
    return (
      <div className="screen">
        <h1>Studies</h1>
        <ErrorNotice error={presets.error} onRetry={() => void presets.refetch()} />
      </div>
    );
  }
  const quick = presets.data.find(({ preset }) => preset === 'quick');
  return (
    <div className="screen welcome">
      <h1>Where do networks and people disagree?</h1>
      <p className="welcome-lead">
        A study makes images between two classes, has networks and people label them, and shows where they part. Begin
        with one of these; the others stay open to you.
      </p>
      <ul className="welcome-choices">
        {quick && (
          <li className="welcome-choice" data-first>
            <h2>Run the quick study</h2>
            <p>{quick.does}</p>
            <dl className="welcome-cost">
              <div>
                <dt>Time</dt>
                <dd>about {formatRoughTime(quick.cost.seconds)}</dd>
              </div>
              <div>
                <dt>Disk</dt>
                <dd>{formatBytes(quick.cost.bytes)}</dd>
              </div>
              <div>
                <dt>Here</dt>
                <dd>
                  {quick.engine}, {quick.workers} at a time
                </dd>
              </div>
            </dl>
            <p className="soft">It can be stopped at any time and goes on where it was.</p>
            <Button onClick={() => run.mutate({ preset: 'quick' })} loading={run.isPending} size="sm">
              Run the quick study
            </Button>
          </li>
        )}
        <li className="welcome-choice">
          <h2>Open the sample study</h2>
          <p>A finished study of nine small networks, so that every screen has something to show at once.</p>
          <p className="soft">A few seconds, 12 MB. Its labels are a rehearsal, and marked so.</p>
          <Button variant="default" onClick={sample.open} disabled={sample.busy} size="sm">
            {sample.busy ? 'Opening …' : 'Open the sample study'}
            {sample.busy && <Loader size={12} ml={8} aria-hidden />}
          </Button>
        </li>
        <li className="welcome-choice">
          <h2>Start empty</h2>
          <p>Make a study from a preset or a study file of your own, or take one from an archive.</p>
          <div className="welcome-buttons">
            <Button variant="default" onClick={() => setMaking(true)} size="sm">
              New study
            </Button>
            <ImportButton />
          </div>
        </li>
      </ul>
      <ImportJobs />
      <NewStudy opened={making} onClose={() => setMaking(false)} />
    </div>
  );
}
