import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportChoice, Written } from '../../contract/api/report.ts';
import { findStudy } from '../workbench/find.ts';
import type { Jobs } from '../tools/jobs.ts';
import { type ReportTools, saveChoice } from './choose.ts';

/** What jobs wrote. */
const written = new WeakMap<Jobs, Map<string, Written>>();

/** Writes the report as a job; gives its id. @throws UserError `study.not-found` */
export function startWriting(tools: ReportTools, name: string, choice: ReportChoice): string {
  const { spec } = findStudy(tools.workbench, name);
  saveChoice(tools, name, choice);
  const link = `/studies/${encodeURIComponent(name)}/report`;
  const about = { kind: 'export', title: `Report: ${spec.title}`, study: name, link } as const;
  return tools.jobs.run(about, async (job, signal) => {
    await write(tools, name, choice, job.id, signal);
    return 'The report is ready to be saved for ten minutes.';
  });
}

/** What a job wrote; nothing while it has not ended. */
export function writtenBy(tools: Pick<ReportTools, 'jobs'>, job: string): Written {
  return written.get(tools.jobs)?.get(job) ?? { address: null, bytes: null, files: [], leftOut: [] };
}

async function write(
  tools: ReportTools,
  name: string,
  choice: ReportChoice,
  job: string,
  signal: AbortSignal,
): Promise<void> {
  const path = join(tools.workbench.storage.folder, 'exports', `${randomUUID()}.zip`);
  const { files, leftOut } = await tools.reports.write(name, choice, path, signal);
  const date = new Date(tools.workbench.now()).toISOString().slice(0, 10);
  const address = tools.downloads.offer({
    name: `${name}-report-${date}.zip`,
    type: 'application/zip',
    content: { path },
    release: () => rmSync(path, { force: true }),
  });
  const all = written.get(tools.jobs) ?? new Map<string, Written>();
  written.set(tools.jobs, all.set(job, { address, bytes: statSync(path).size, files, leftOut }));
  tools.changes.publish('studies');
}
