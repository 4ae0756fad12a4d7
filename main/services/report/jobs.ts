import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportChoice, ReportFile } from '../../contract/api/report.ts';
import { UserError } from '../../contract/errors.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { saveChoice } from './choose.ts';

interface Written {
  address: string | null;
  bytes: number | null;
  files: ReportFile[];
  leftOut: string[];
}

/** What jobs of a lab wrote. */
const written = new WeakMap<Lab, Map<string, Written>>();

/** Writes the report as a job; gives its id. @throws UserError `study.not-found` */
export function startWriting(lab: Lab, name: string, choice: ReportChoice): string {
  const { spec } = findStudy(lab.bench, name);
  saveChoice(lab, name, choice);
  const abort = new AbortController();
  const job = lab.jobs.add({
    ...{ kind: 'export', title: `Report: ${spec.title}`, study: name, stop: () => abort.abort() },
    link: `/studies/${encodeURIComponent(name)}/report`,
  });
  void write(lab, name, choice, job.id, abort.signal).then(
    () => job.end('done', 'The report is ready to be saved for ten minutes.'),
    (error: unknown) => {
      if (abort.signal.aborted) return job.end('stopped');
      job.end('failed', error instanceof UserError ? `${error.message}. ${error.remedy}` : String(error));
    },
  );
  return job.id;
}

/** What a job wrote; nothing while it has not ended. */
export function writtenBy(lab: Lab, job: string): Written {
  return written.get(lab)?.get(job) ?? { address: null, bytes: null, files: [], leftOut: [] };
}

async function write(lab: Lab, name: string, choice: ReportChoice, job: string, signal: AbortSignal): Promise<void> {
  const path = join(lab.bench.storage.folder, 'exports', `${randomUUID()}.zip`);
  const { files, leftOut } = await lab.reports.write(name, choice, path, signal);
  const date = new Date(lab.bench.now()).toISOString().slice(0, 10);
  const address = lab.downloads.offer({
    ...{ name: `${name}-report-${date}.zip`, type: 'application/zip', content: { path } },
    release: () => rmSync(path, { force: true }),
  });
  const all = written.get(lab) ?? new Map<string, Written>();
  written.set(lab, all.set(job, { address, bytes: statSync(path).size, files, leftOut }));
  lab.changes.tell('studies');
}
