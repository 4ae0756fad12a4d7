import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exportArchive } from './export-archive.ts';
import { formatCount } from '../../domain/numbers/index.ts';
import { importArchive, type ImportOutcome, privacyWords, sessionWords } from './import-archive.ts';
import type { JobHandle, Jobs, Tools, WorkProgress } from '../../services/tools/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import { makePrivateFolder } from '../../files/index.ts';
import type { Launcher } from '../../processes/index.ts';
import type { ReportProcess } from '../../services/report/index.ts';
import { setDeleted, type StudyTools } from '../../services/studies/index.ts';
import { sampleName } from './sample.ts';

type ArchiveTools = StudyTools &
  Pick<Tools, 'downloads' | 'uploads'> & { readonly launcher: Launcher; readonly reports: Pick<ReportProcess, 'keep'> };

/** Finished exports by job: address and size of the archive. */
const made = new WeakMap<Jobs, Map<string, { address: string; bytes: number }>>();

/** @throws UserError `study.not-found` */
export function startExport(tools: ArchiveTools, name: string, weights: boolean): string {
  const { spec } = findStudy(tools.workbench, name);
  const folder = join(tools.workbench.storage.folder, 'exports');
  const archives = made.get(tools.jobs) ?? new Map<string, { address: string; bytes: number }>();
  made.set(tools.jobs, archives);
  makePrivateFolder(folder);
  const path = join(folder, `${randomUUID()}.zip`);
  return startJob(tools, { kind: 'export', title: `Export: ${spec.title}`, study: name }, async (job, progress) => {
    const offer = (): void => {
      const date = new Date(tools.workbench.now()).toISOString().slice(0, 10);
      const address = tools.downloads.offer({
        name: `${name}-${date}.zip`,
        type: 'application/zip',
        content: { path },
        release: () => rmSync(path, { force: true }),
      });
      archives.set(job.id, { address, bytes: statSync(path).size });
    };
    const outcome = await exportArchive(
      tools.workbench,
      { study: name, path, weights, offer, launcher: tools.launcher },
      progress,
    );
    return `The archive is ready for ten minutes.${privacyWords(outcome)}`;
  });
}

export function exportedBy(tools: ArchiveTools, job: string): { address: string | null; bytes: number | null } {
  return made.get(tools.jobs)?.get(job) ?? { address: null, bytes: null };
}

/** @throws UserError `upload.gone` */
export function startImport(tools: ArchiveTools, upload: string): string {
  const { name } = tools.uploads.get(upload);
  return startJob(tools, { kind: 'import', title: `Import: ${name}`, study: null }, async (job, progress) => {
    try {
      const outcome = await tools.uploads.use(upload, ({ path }) => importWhenRemoved(tools, path, progress));
      announceImport(tools, job, outcome);
      return words(outcome);
    } finally {
      tools.uploads.discard(upload);
    }
  });
}

/** The archive may have people and runs whose rows are being deleted. */
async function importWhenRemoved(tools: ArchiveTools, path: string, progress: WorkProgress): Promise<ImportOutcome> {
  await tools.removals.complete();
  return importArchive(tools.workbench, path, progress, tools.launcher);
}

/** Opens the finished study that comes with the product; imports it first, as a job, if it is missing. */
export function openSample(tools: ArchiveTools): { name: string; job: string | null } {
  const known = tools.workbench.storage.studies.byName(sampleName);
  if (known) {
    if (known.deletedAt !== null) setDeleted(tools, sampleName, false);
    return { name: sampleName, job: null };
  }
  const path = join(tools.workbench.resources, 'samples', 'sample-study.zip');
  const about = { kind: 'import', title: 'Open the sample study', study: sampleName } as const;
  const job = startJob(tools, about, async (handle, progress) => {
    const outcome = await importWhenRemoved(tools, path, progress);
    await tools.reports.keep(outcome.name, progress.signal);
    announceImport(tools, handle, outcome);
    return words(outcome);
  });
  return { name: sampleName, job };
}

function announceImport(tools: ArchiveTools, job: JobHandle, { name }: ImportOutcome): void {
  job.update({ link: `/studies/${encodeURIComponent(name)}` });
  for (const topic of ['studies', 'runs', 'stimuli', 'generator'] as const) tools.changes.publish(topic);
}

function words({ name, added, reused, completed, missing, ...labels }: ImportOutcome): string {
  const finished = completed.length > 0 ? `, of which ${completed.length} were unfinished here and are done now` : '';
  const known = reused > 0 ? `; ${reused} existed already${finished}` : '';
  const without =
    missing > 0
      ? ` ${formatCount(missing, 'file')} ${missing === 1 ? 'is' : 'are'} not in the archive. Runs that need ${missing === 1 ? 'it' : 'them'} are done again when you start the study.`
      : '';
  return `It was imported as "${name}", with ${formatCount(added, 'run')}${known}.${without}${sessionWords(labels)}`;
}

function startJob(
  tools: ArchiveTools,
  about: { kind: 'export' | 'import'; title: string; study: string | null },
  work: (job: JobHandle, progress: WorkProgress) => Promise<string>,
): string {
  return tools.jobs.run({ ...about, link: null }, (job, signal) =>
    work(job, { update: (share, note) => job.update({ share, note }), signal }),
  );
}
