import type { DataSetRecord } from '../../contract/api/index.ts';
import type { DataSetSource } from '../../contract/studies/index.ts';
import type { PreparedSource } from '../../domain/data/index.ts';
import { BlobStore } from '../../files/index.ts';
import type { CallContext } from '../../processes/index.ts';
import { type TaskEvent, throttledProgress } from '../../services/tasks/index.ts';
import { inspectSource } from './inspect.ts';
import { prepareDataSet } from './prepare.ts';
import { previewDataSet } from './preview.ts';
import { sourceFingerprint } from './sources/readers.ts';

type Working = CallContext<TaskEvent>;

/** Reads files of others in this process, so that nothing in them can hold up or end the host. */
export const formatHandlers = {
  /** Looks at some images. */
  inspect: (input: Parameters<typeof inspectSource>[0], { emit, signal }: Working) =>
    inspectSource(input, { progress: throttledProgress(emit), signal }),
  /** Reads all images of a source, and stores them as a blob. Null: its files have the fingerprint `known`, so nothing was read. */
  prepare: async (
    { source, blobs, known }: { source: PreparedSource; blobs: string; known: string | null },
    { emit, signal }: Working,
  ) => {
    // Before the images are read: what changes meanwhile is noticed the next time.
    const fingerprint = await sourceFingerprint(source);
    if (fingerprint === known) return null;
    const report = throttledProgress(emit);
    const prepared = await prepareDataSet(source, new BlobStore(blobs), { progress: report, signal });
    const { findings, classes, testFiles, ...others } = prepared;
    const files = testFiles && [...testFiles];
    const record: DataSetRecord = { ...others, classes: [...classes], source };
    return { record, findings, fingerprint, testFiles: files };
  },
  /** Some images of each class of a data set that was read. */
  preview: ({ source, hash, blobs }: { source: DataSetSource; hash: string; blobs: string }) =>
    previewDataSet(source, hash, new BlobStore(blobs)),
};
export type FormatHandlers = typeof formatHandlers;
