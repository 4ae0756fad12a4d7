import { z } from 'zod';
import type { StimulusImage } from '../../domain/stimuli/index.ts';
import { imageSizeSchema } from '../../contract/recipes/index.ts';
import { entryModule } from '../../files/index.ts';
import { oneTask, parsing, taskEventSchema } from '../../services/tasks/index.ts';
import type { SetHandlers } from './serve-sets.ts';

const event = taskEventSchema;

/** Checked by the process that sends them: a set has up to a million. */
const imagesSchema = z.custom<readonly StimulusImage[]>((value) => Array.isArray(value));

/** Asks the process that reads sets of others. @throws UserError `stimuli.*`, `png.*`, `csv.*`, `file.*`, `machine.ended` */
export const askReader = oneTask<SetHandlers>({
  checks: {
    keep: { event, output: z.strictObject({ images: z.int(), name: z.string() }) },
    store: {
      event,
      output: z.strictObject({
        setHash: z.string(),
        model: z.strictObject({ hash: z.string(), pixels: z.string() }),
        original: imageSizeSchema.extend({ pixels: z.string() }),
        images: imagesSchema,
      }),
    },
  },
  entry: entryModule('contributions/sets/set-child'),
  ...parsing(),
});
