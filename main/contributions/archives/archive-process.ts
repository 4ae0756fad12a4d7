import { totalmem } from 'node:os';
import { z } from 'zod';
import { UserError } from '../../contract/wire/index.ts';
import { entryModule, parser } from '../../files/index.ts';
import { type Checks, ForkLauncher, type Launcher, ProcessClient } from '../../processes/index.ts';
import type { WorkProgress } from '../../services/tools/index.ts';
import type { ArchivePiece } from './storage/pieces.ts';
import type { ArchiveHandlers } from './serve-archive.ts';

export type ArchiveClient = ProcessClient<ArchiveHandlers>;

const event = z.strictObject({ share: z.number(), note: z.string() });

const checks: Checks<ArchiveHandlers> = {
  check: { event, output: z.strictObject({ runs: z.int(), sessions: z.int() }) },
  storeFiles: { event, output: z.strictObject({ missing: z.int() }) },
  // Checked by the process that sends them: checking millions of rows again would hold up the host.
  next: { output: z.custom<ArchivePiece[]>((value) => Array.isArray(value)).nullable() },
};

/** Where an archive is read or written, and how that is reported and stopped. */
interface ArchiveTask extends WorkProgress {
  path: string;
  /** Default: forks. The desktop program has a way of its own. */
  launcher?: Launcher | undefined;
}

/**
 * Works with a process that reads or writes one archive, so that nothing in it can hold up or end this one. The process
 * has exited when this settles.
 */
export async function withArchiveProcess<T>(
  { path, launcher = new ForkLauncher() }: ArchiveTask,
  work: (client: ArchiveClient) => Promise<T>,
): Promise<T> {
  const client: ArchiveClient = new ProcessClient<ArchiveHandlers>({
    checks,
    launcher,
    entry: entryModule('contributions/archives/archive-child'),
    idleFor: null,
    patience: parser.patience,
    tries: 1,
    heapLimit: Math.min(parser.heap, totalmem() / 2),
    died: (why) => died(why, path),
    failed: (_, detail) => new Error(`the process that reads or writes an archive failed: ${detail}`),
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

const died = (why: string, where: string): UserError =>
  new UserError(
    'archive.died',
    /heap out of memory|heap limit/i.test(why)
      ? 'This archive needs more memory than is allowed for one'
      : `The process that reads and writes archives ended: ${why}`,
    where,
    'Nothing was stored. Export the study again where it comes from; do not trust an archive of unknown origin.',
  );
