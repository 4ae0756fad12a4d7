import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';
import type { ReportChoice } from '../../contract/api/report.ts';
import type { Places } from '../workbench/places.ts';

/** Entry of a report process: makes one report of a study, so that the host stays free. It only reads the data folder. */
prepareChild(codeCacheFolder());
const { onFile } = await import('../../files/file-errors.ts');
const { serve } = await import('../../processes/serve.ts');
const { manifestHead } = await import('../../reports/bundle.ts');
const { renderReport } = await import('../../reports/render.ts');
const { keptFiles, reportFiles } = await import('../../reports/write.ts');
const { reading } = await import('../workbench/places.ts');
const { loadResults } = await import('../results/contributed-results.ts');
const { buildReport } = await import('./build.ts');

/** `folder`: where the files go. */
interface ReportRequest extends Places {
  study: string;
  choice: ReportChoice;
  folder: string;
}

/** `page`: index.html alone; `kept`: what is kept beside the study's data; `files`: both, and all of the choice. */
const handlers = {
  page: (request: ReportRequest) => write('page', request),
  kept: (request: ReportRequest) => write('kept', request),
  files: (request: ReportRequest) => write('files', request),
};
export type ReportHandlers = typeof handlers;

serve(handlers);

/**
 * `names`: files of the choice. `kept`: those to keep beside the study's data, in order; all from one reading of the
 * data. `leftOut`: what was chosen and is too large.
 */
async function write(kind: keyof ReportHandlers, { study, choice, folder, ...places }: ReportRequest) {
  const contributed = await loadResults(places.resultModules);
  return await reading(places, (workbench) => {
    const data = buildReport(workbench, study, choice, contributed);
    const head = manifestHead(data, choice);
    const { files, leftOut }: ReturnType<typeof reportFiles> =
      kind === 'files'
        ? reportFiles(data, choice)
        : { files: [{ name: 'index.html', bytes: Buffer.from(renderReport(data, choice)) }], leftOut: [] };
    const kept = kind === 'page' ? [] : keptFiles(data, choice, files);
    for (const { name, bytes } of new Set([...files, ...kept])) handOver(join(folder, ...name.split('/')), bytes);
    const names = (all: readonly { name: string }[]): string[] => all.map(({ name }) => name);
    return { head, names: names(files), kept: names(kept), leftOut };
  });
}

/** For the host, which reads it at once: not synced to the disk, where each of a hundred files waits. @throws UserError `file.*` */
function handOver(path: string, bytes: Uint8Array): void {
  onFile(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  });
}
