import { resolve } from 'node:path';
import type { Progress } from '../../contract/api/index.ts';
import type { FolderChoice, Inspection } from '../formats/contract/inspection.ts';
import { askReader } from '../formats/process.ts';
import { follow, type Tools, type Uploads } from '../../services/tools/index.ts';

type DataSetTools = Pick<Tools, 'launcher'> & { readonly uploads: Uploads };

type From = { kind: 'path'; path: string } | { kind: 'upload'; upload: string };

type Told = { type: 'progress' } & Progress;

/** Looks at what lies at a path or in an upload, in a process of its own. @throws UserError `data-set.*`, `file.*`, `upload.gone` */
export async function* inspectDataSet(
  { launcher, uploads }: DataSetTools,
  { from, choice }: { from: From; choice: FolderChoice },
  signal?: AbortSignal,
): AsyncGenerator<Told | { type: 'found'; found: Inspection }> {
  const work = ({ report, signal: followed }: { report: (event: Told) => void; signal: AbortSignal }) => {
    const inspect = ({ path, name }: { path: string; name: string }) =>
      askReader(
        launcher,
        'inspect',
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
