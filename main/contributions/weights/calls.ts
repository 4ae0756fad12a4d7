import { z } from 'zod';
import { snapshotOfRunSchema } from '../../contract/api/index.ts';
import { ofStudy } from '../../contract/wire/index.ts';
import { call } from '../../services/api/index.ts';
import { exportGeneratorNetwork } from './export-generator.ts';
import { exportWeights } from './export-run.ts';
import { networkFormats, offeredWeightsSchema, weightFormats } from './formats.ts';
import { offerWeights } from './network-file.ts';

const calls = {
  /** Offers a snapshot's weights with what is needed to use them. */
  ofRun: call
    .input(snapshotOfRunSchema.extend({ format: z.enum(weightFormats).default('stored') }))
    .output(offeredWeightsSchema)
    .handler(async ({ input, context: { lab } }) =>
      offerWeights(lab.downloads, await exportWeights(lab.workbench, input)),
    ),
  /** Offers a generator at a step that has a grid; null: the last one, or the shipped generator. */
  ofGenerator: call
    .input(ofStudy.extend({ step: z.int().min(1).nullable(), format: z.enum(networkFormats) }))
    .output(offeredWeightsSchema)
    .handler(async ({ input: { study, ...wanted }, context: { lab } }) =>
      offerWeights(lab.downloads, await exportGeneratorNetwork(lab.workbench, { ...wanted, name: study })),
    ),
};
export default calls;
export type WeightsCalls = typeof calls;
