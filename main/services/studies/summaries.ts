import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunState } from '../../contract/run.ts';
import { openStorage, type Storage, type StudyRecord } from '../../storage/index.ts';
import { reportFolder } from '../tools/workbench.ts';

interface StudySummary {
  name: string;
  title: string;
  runs: Partial<Record<RunState, number>>;
  /** When anything of the study last changed; ISO 8601, UTC. */
  updatedAt: string;
  /** Path of the report's HTML file, or null while there is none. */
  report: string | null;
}

/** Newest change first. Opens the folder read-only, so another process may work there. @throws UserError `storage.*` */
export function listStudies(folder: string): StudySummary[] {
  if (!existsSync(join(folder, 'workbench.sqlite'))) return [];
  const storage = openStorage(folder, { readOnly: true });
  try {
    return storage.studies
      .list()
      .map((study) => summary(storage, folder, study))
      .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  } finally {
    storage.close();
  }
}

function summary(storage: Storage, folder: string, study: StudyRecord): StudySummary {
  const runs = storage.runs.list({ studyId: study.id });
  const changes = runs.map((run) => run.endedAt ?? run.heartbeatAt ?? run.queuedAt);
  const report = join(reportFolder(folder, study.name), 'index.html');
  return {
    name: study.name,
    title: study.spec.title,
    runs: storage.runs.counts({ studyId: study.id }),
    updatedAt: new Date(Math.max(study.changedAt, ...changes)).toISOString(),
    report: existsSync(report) ? report : null,
  };
}
