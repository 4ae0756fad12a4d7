/**
 * A process that works out one report of a study, so that the host stays free for its pages. It opens the data folder
 * to read only, answers one request, and leaves.
 */
import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { manifestHead } from '../../reports/bundle.ts';
import { renderReport } from '../../reports/render.ts';
import { keptFiles, reportFiles } from '../../reports/write.ts';
import { parentPort } from '../../training/worker/port.ts';
import { openWorkbench } from '../tools/workbench.ts';
import { buildReport } from './build.ts';
import { type ReportAnswer, reportRequestSchema } from './request.ts';

function answer(message: unknown): ReportAnswer {
  const { kind, study, choice, folder, ...where } = reportRequestSchema.parse(message);
  const bench = openWorkbench({ ...where, readOnly: true });
  try {
    const data = buildReport(bench, study, choice);
    const head = manifestHead(data, choice);
    const { files, leftOut }: ReturnType<typeof reportFiles> =
      kind === 'files'
        ? reportFiles(data, choice)
        : { files: [{ name: 'index.html', bytes: Buffer.from(renderReport(data, choice)) }], leftOut: [] };
    const kept = kind === 'files' ? keptFiles(data, choice, files) : [];
    for (const { name, bytes } of new Set([...files, ...kept]))
      writeFileAtomic(join(folder, ...name.split('/')), bytes);
    const namesOf = (all: readonly { name: string }[]): string[] => all.map(({ name }) => name);
    return { ok: true, head, names: namesOf(files), kept: namesOf(kept), leftOut };
  } finally {
    bench.storage.close();
  }
}

function failure(error: unknown): ReportAnswer {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (!(error instanceof UserError)) return { ok: false, refusal: null, message };
  const { code, where, remedy } = error;
  return { ok: false, refusal: { code, what: error.message, where, remedy }, message };
}

const port = parentPort<ReportAnswer>();
port.onClose(() => process.exit());
port.onMessage((message) => {
  let result: ReportAnswer;
  try {
    result = answer(message);
  } catch (error) {
    result = failure(error);
  }
  port.send(result);
  port.leave(0);
});
