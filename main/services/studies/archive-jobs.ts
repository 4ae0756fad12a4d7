import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { exportArchive } from '../archive/export-archive.ts';
import { importArchive } from '../archive/import-archive.ts';
import { privacyWords, sessionWords } from '../archive/outcome.ts';
import type { ImportOutcome } from '../archive/outcome.ts';
import type { ArchiveProgress } from '../archive/progress.ts';
import { findStudy } from '../tools/find-study.ts';
import type { JobHandle } from '../tools/jobs.ts';
import type { Lab } from '../lab/lab.ts';
import { writeStudyReport } from '../report/write.ts';
import { setDeleted } from './studies.ts';

/** Exports, imports and the sample study as jobs of a lab. */

/** Archives that were made: the job, and where the file can be fetched. */
const made = new WeakMap<Lab, Map<string, { address: string; bytes: number }>>();

/** @throws UserError `study.not-found` */
export function startExport(lab: Lab, name: string, weights: boolean): string {
  const { spec } = findStudy(lab.bench, name);
  const folder = join(lab.bench.storage.folder, 'exports');
  const archives = made.get(lab) ?? new Map<string, { address: string; bytes: number }>();
  // What an earlier life of the program left was offered to pages that are gone.
  if (!made.has(lab)) rmSync(folder, { recursive: true, force: true });
  made.set(lab, archives);
  const path = join(folder, `${randomUUID()}.zip`);
  return startJob(lab, { kind: 'export', title: `Export: ${spec.title}`, study: name }, async (job, progress) => {
    const offer = (): void => {
      const date = new Date(lab.bench.now()).toISOString().slice(0, 10);
      const address = lab.downloads.offer({
        ...{ name: `${name}-${date}.zip`, type: 'application/zip', content: { path } },
        release: () => rmSync(path, { force: true }),
      });
      archives.set(job.id, { address, bytes: statSync(path).size });
    };
    const { sessions } = await exportArchive(lab.bench, { study: name, path, weights, offer }, progress);
    return `The archive is ready for ten minutes.${privacyWords(sessions)}`;
  });
}

/** What an export made; nulls while it has not ended, or made nothing. */
export function exportedBy(lab: Lab, job: string): { address: string | null; bytes: number | null } {
  return made.get(lab)?.get(job) ?? { address: null, bytes: null };
}

/** @throws UserError `upload.gone` */
export function startImport(lab: Lab, upload: string): string {
  const { name } = lab.uploads.get(upload);
  return startJob(lab, { kind: 'import', title: `Import: ${name}`, study: null }, async (job, progress) => {
    try {
      const outcome = await lab.uploads.use(upload, ({ path }) => importArchive(lab.bench, path, progress));
      arrived(lab, job, outcome);
      return words(outcome);
    } finally {
      lab.uploads.discard(upload);
    }
  });
}

/** Name of the sample study. */
export const sampleName = 'sample';

/** Opens the finished study that comes with the product; unpacks it, as a job, where it is not here. */
export function openSample(lab: Lab): { name: string; job: string | null } {
  const known = lab.bench.storage.studies.byName(sampleName);
  if (known) {
    if (known.deletedAt !== null) setDeleted(lab, sampleName, false);
    return { name: sampleName, job: null };
  }
  const path = join(lab.bench.resources, 'samples', 'sample-study.zip');
  const about = { kind: 'import', title: 'Open the sample study', study: sampleName } as const;
  const job = startJob(lab, about, async (handle, progress) => {
    const outcome = await importArchive(lab.bench, path, progress);
    writeStudyReport(lab.bench, outcome.name, null);
    arrived(lab, handle, outcome);
    return words(outcome);
  });
  return { name: sampleName, job };
}

function arrived(lab: Lab, job: JobHandle, { name }: ImportOutcome): void {
  job.tell({ link: `/studies/${encodeURIComponent(name)}` });
  for (const topic of ['studies', 'runs', 'stimuli', 'generator'] as const) lab.changes.tell(topic);
}

function words({ name, added, reused, missing, ...labels }: ImportOutcome): string {
  const known = reused > 0 ? `; ${reused} were here already` : '';
  const without =
    missing > 0 ? ` ${missing} files are not in the archive: what needs them is done again when asked for.` : '';
  return `It is here as "${name}", with ${added} runs${known}.${without}${sessionWords(labels)}`;
}

function startJob(
  lab: Lab,
  about: { kind: 'export' | 'import'; title: string; study: string | null },
  work: (job: JobHandle, progress: ArchiveProgress) => Promise<string>,
): string {
  const abort = new AbortController();
  const job = lab.jobs.add({ ...about, link: null, stop: () => abort.abort() });
  const progress: ArchiveProgress = { tell: (share, note) => job.tell({ share, note }), signal: abort.signal };
  void work(job, progress).then(
    (message) => job.end('done', message),
    (error: unknown) => {
      if (abort.signal.aborted) return job.end('stopped');
      job.end('failed', error instanceof UserError ? `${error.message}. ${error.remedy}` : String(error));
    },
  );
  return job.id;
}
