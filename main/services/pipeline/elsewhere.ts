import { join } from 'node:path';
import type { RunState } from '../../contract/runs/run.ts';
import type { PipelineStep, Status } from '../../contract/wire/status.ts';
import { reportFolder, type Workbench } from '../workbench/workbench.ts';
import { ChangeFeed } from '../workbench/change-feed.ts';
import { Settings } from '../workbench/settings.ts';
import type { StatusTools } from './facts.ts';
import { listStudies, studyOverview } from './overview.ts';

/** Milliseconds after which a run that has said nothing is no longer running: its process has died. */
const silence = 150_000;

/** For a process without jobs of its own: a study is worked on if another process has runs of it that report. */
export function statusElsewhere(workbench: Workbench): StatusTools {
  const { storage, now } = workbench;
  const isRunning = (name: string): boolean => {
    const id = storage.studies.byName(name)?.id;
    return (
      id !== undefined &&
      storage.runs
        .list({ studyId: id })
        .some(({ state, heartbeatAt }) => state === 'running' && now() - (heartbeatAt ?? 0) < silence)
    );
  };
  return {
    workbench,
    settings: new Settings(workbench, new ChangeFeed()),
    jobs: {
      lastFailure: () => undefined,
      studyJobs: (name) =>
        isRunning(name) ? [{ id: 'elsewhere', state: 'running', goal: null, note: '', behind: null }] : [],
    },
  };
}

interface StudySummary {
  name: string;
  title: string;
  state: Status;
  runs: Partial<Record<RunState, number>>;
  /** When anything of the study last changed; ISO 8601, UTC. */
  updatedAt: string;
  /** Path of the report's HTML file, or null while there is none. */
  report: string | null;
}

/** Newest change first. */
export async function studySummaries(workbench: Workbench): Promise<StudySummary[]> {
  const { studies } = await listStudies(statusElsewhere(workbench));
  return studies.map(({ name, title, state, runs, changedAt, reportAt }) => ({
    name,
    title,
    state,
    runs,
    updatedAt: changedAt,
    report: reportAt === null ? null : join(reportFolder(workbench.storage.folder, name), 'index.html'),
  }));
}

interface StepSummary {
  step: PipelineStep;
  state: Status;
  figure: string | null;
  detail: string;
  reasons: string[];
  since: string | null;
}

/** @throws UserError `study.not-found` */
export async function stepSummaries(
  workbench: Workbench,
  name: string,
): Promise<{ state: Status; steps: StepSummary[] }> {
  const { study, steps } = await studyOverview(statusElsewhere(workbench), name);
  return {
    state: study.state,
    steps: steps.map(({ step, state, figure, detail, reasons, since }) => ({
      step,
      state,
      detail,
      reasons,
      since,
      figure: figure && `${figure.value} ${figure.of}`,
    })),
  };
}
