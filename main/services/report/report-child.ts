import { join } from 'node:path';
import { writeFileAtomic } from '../../files/atomic.ts';
import { serve } from '../../processes/serve.ts';
import { manifestHead } from '../../reports/bundle.ts';
import { renderReport } from '../../reports/render.ts';
import { keptFiles, reportFiles } from '../../reports/write.ts';
import { openWorkbench } from '../tools/workbench.ts';
import { buildReport } from './build.ts';
import { reportCalls, type ReportRequest, type WrittenReport } from './report-calls.ts';

/** Entry of a report process: makes one report of a study, so that the host stays free. It only reads the data folder. */
serve(reportCalls, {
  page: (request) => write('page', request),
  kept: (request) => write('kept', request),
  files: (request) => write('files', request),
});

function write(kind: keyof typeof reportCalls, { study, choice, folder, ...places }: ReportRequest): WrittenReport {
  const workbench = openWorkbench({ ...places, readOnly: true });
  try {
    const data = buildReport(workbench, study, choice);
    const head = manifestHead(data, choice);
    const { files, leftOut }: ReturnType<typeof reportFiles> =
      kind === 'files'
        ? reportFiles(data, choice)
        : { files: [{ name: 'index.html', bytes: Buffer.from(renderReport(data, choice)) }], leftOut: [] };
    const kept = kind === 'page' ? [] : keptFiles(data, choice, files);
    for (const { name, bytes } of new Set([...files, ...kept]))
      writeFileAtomic(join(folder, ...name.split('/')), bytes);
    const names = (all: readonly { name: string }[]): string[] => all.map(({ name }) => name);
    return { head, names: names(files), kept: names(kept), leftOut };
  } finally {
    workbench.storage.close();
  }
}
