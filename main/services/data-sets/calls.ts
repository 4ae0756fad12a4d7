import { resolve } from 'node:path';
import type { FolderChoice, Inspection, Prepared } from '../../contract/api/data-sets.ts';
import type { Findings } from '../../contract/findings.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { isPrepared, sourceName, sourcePaths } from '../../domain/data-sources.ts';
import type { DataSetRecord } from '../../storage/index.ts';
import { runTask } from '../machine/tasks.ts';
import { follow } from '../tools/follow.ts';
import type { Tools } from '../tools/tools.ts';
import type { Uploads } from '../tools/uploads.ts';
import { notNeeded, type PreparationProgress, prepareSource, remarks, storedImages } from './prepare.ts';

type DataSetTools = Pick<Tools, 'workbench' | 'launcher'> & { readonly uploads: Uploads };

type From = { kind: 'path'; path: string } | { kind: 'upload'; upload: string };

type Progress = { type: 'progress' } & PreparationProgress;

/** Looks at what lies at a path or in an upload, in a process of its own. @throws UserError `data-set.*`, `file.*`, `upload.gone` */
export async function* inspectDataSet(
  { launcher, uploads }: DataSetTools,
  { from, choice }: { from: From; choice: FolderChoice },
  signal?: AbortSignal,
): AsyncGenerator<Progress | { type: 'found'; found: Inspection }> {
  const work = ({ report, signal: followed }: { report: (event: Progress) => void; signal: AbortSignal }) => {
    const inspect = ({ path, name }: { path: string; name: string }) =>
      runTask(
        launcher,
        'inspectDataSet',
        { path, name, choice },
        {
          signal: followed,
          onEvent: (event) => {
            if (event.type === 'progress') report(event);
          },
        },
      );
    return from.kind === 'upload'
      ? uploads.use(from.upload, inspect)
      : inspect({ path: resolve(from.path), name: from.path });
  };
  yield { type: 'progress', share: null, note: 'Looking for images' };
  for await (const part of follow(work, signal)) {
    yield 'event' in part ? part.event : { type: 'found', found: part.outcome };
  }
}

/** Reads all images of a source, or gives what is stored. @throws UserError `data-set.*`, `file.*`, `machine.ended` */
export async function* prepareDataSet(
  { workbench, launcher }: DataSetTools,
  { source, again }: { source: DataSetSource; again: boolean },
  signal?: AbortSignal,
): AsyncGenerator<Progress | { type: 'prepared'; prepared: Prepared }> {
  if (!isPrepared(source)) throw notNeeded(sourcePaths(source)[0]?.path ?? sourceName(source));
  const stored = again ? null : storedImages(workbench, source);
  if (stored) return void (yield { type: 'prepared', prepared: toPrepared(stored.record, stored.findings) });
  yield { type: 'progress', share: null, note: 'Looking for images' };
  const work = ({ report, signal: followed }: { report: (event: Progress) => void; signal: AbortSignal }) => {
    const onProgress = (progress: PreparationProgress): void => report({ type: 'progress', ...progress });
    return prepareSource(workbench, source, { launcher, onProgress, signal: followed });
  };
  for await (const part of follow(work, signal)) {
    if ('event' in part) yield part.event;
    else yield { type: 'prepared', prepared: toPrepared(part.outcome.record, part.outcome.findings) };
  }
}

const toPrepared = (record: DataSetRecord, findings: Findings): Prepared => {
  const { hash, source, classes, width, height, channels, trainCount, testCount } = record;
  return {
    ...{ hash, source, classes, width, height, channels, trainCount, testCount },
    findings,
    remarks: remarks(findings),
  };
};
