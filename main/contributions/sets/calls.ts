import { z } from 'zod';
import { jobStarted, nothing, ofStudy } from '../../contract/wire/index.ts';
import { hashSchema } from '../../contract/recipes/index.ts';
import { call } from '../../services/api/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import { earlierSetSchema } from './contract.ts';
import { chooseSet, listSets } from './earlier-sets.ts';
import { exportedSet, takeSet } from './exchange.ts';

function changed(lab: Lab): void {
  lab.changes.publish('stimuli');
  lab.changes.publish('studies');
}

const calls = {
  /** Labeling sessions of the current set, begun or not, and the sets that the study used before. */
  list: call
    .input(ofStudy)
    .output(z.strictObject({ sessions: z.int(), earlier: z.array(earlierSetSchema) }))
    .handler(({ input, context: { lab } }) => listSets(lab.workbench, findStudy(lab.workbench, input.study))),
  /** Uses an earlier set again, with the draft that made it, its labels and its predictions. */
  useAgain: call
    .input(ofStudy.extend({ set: hashSchema }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => {
      chooseSet(lab, findStudy(lab.workbench, input.study), input.set);
      lab.labeling.notifyLabels();
      changed(lab);
      return {};
    }),
  /** The frozen set as a zip of PNGs with a manifest; gives its address. `original`: what people see. */
  export: call
    .input(ofStudy.extend({ size: z.enum(['original', 'model']) }))
    .output(z.strictObject({ address: z.string() }))
    .handler(async ({ input, context: { lab } }) => {
      const { name, bytes } = await exportedSet(lab.workbench, findStudy(lab.workbench, input.study), input.size);
      return { address: lab.downloads.offer({ name, type: 'application/zip', content: { bytes } }) };
    }),
  /** Takes a set made elsewhere (an uploaded zip) for the study's, and freezes it. Refused as `stimuli.saveDraft` is. */
  import: call
    .input(ofStudy.extend({ upload: z.string().min(1).max(200) }))
    .output(jobStarted.extend({ images: z.int() }))
    .handler(async ({ input, context: { lab }, signal }) => {
      const take = ({ path }: { path: string }) => takeSet(lab, findStudy(lab.workbench, input.study), path, signal);
      try {
        const images = await lab.uploads.use(input.upload, take);
        changed(lab);
        return { job: lab.work.start(input.study, 'stimuli'), images };
      } finally {
        lab.uploads.discard(input.upload);
      }
    }),
};
export default calls;
export type SetsCalls = typeof calls;
