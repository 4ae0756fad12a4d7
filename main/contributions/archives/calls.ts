import { z } from 'zod';
import { jobStarted, nothing, ofStudy } from '../../contract/wire/index.ts';
import { call } from '../../services/api/index.ts';
import { exportedBy, openSample, startExport, startImport } from './jobs.ts';

const calls = {
  /** The finished sample study, which comes with the product. `job`: unpacks it; null: it is open already. */
  openSample: call
    .input(nothing)
    .output(z.strictObject({ name: z.string(), job: z.string().nullable() }))
    .handler(({ context: { lab } }) => openSample(lab)),
  /** Packs the study into one archive, as a job; `exported` says where the file is. */
  startExport: call
    .input(ofStudy.extend({ weights: z.boolean() }))
    .output(jobStarted)
    .handler(({ input, context: { lab } }) => ({ job: startExport(lab, input.study, input.weights) })),
  /** The archive that a job made: where it can be fetched. */
  exported: call
    .input(z.strictObject({ job: z.string().max(64) }))
    .output(z.strictObject({ address: z.string().nullable(), bytes: z.number().nullable() }))
    .handler(({ input, context: { lab } }) => exportedBy(lab, input.job)),
  /** Unpacks an archive that was handed over, as a job. */
  startImport: call
    .input(z.strictObject({ upload: z.string().max(64) }))
    .output(jobStarted)
    .handler(({ input, context: { lab } }) => ({ job: startImport(lab, input.upload) })),
};
export default calls;
export type ArchiveCalls = typeof calls;
