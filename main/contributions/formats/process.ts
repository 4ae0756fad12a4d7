import { z } from 'zod';
import { dataSetRecordSchema } from '../../contract/api/index.ts';
import { findingsSchema } from '../../contract/results/index.ts';
import { entryModule } from '../../files/index.ts';
import type { Checks } from '../../processes/index.ts';
import { oneTask, taskEventSchema } from '../../services/tasks/index.ts';
import { classPicturesSchema, inspectionSchema } from './contract/inspection.ts';
import type { FormatHandlers } from './serve-formats.ts';

const event = taskEventSchema;
const count = z.int();

const checks: Checks<FormatHandlers> = {
  inspect: { event, output: inspectionSchema },
  prepare: {
    event,
    output: z
      .strictObject({
        record: dataSetRecordSchema,
        findings: findingsSchema,
        fingerprint: z.string(),
        testFiles: z.array(z.string()).nullable(),
      })
      .nullable(),
  },
  preview: {
    output: z.strictObject({
      counts: z.array(z.strictObject({ train: count, test: count })),
      preview: classPicturesSchema,
    }),
  },
};

/**
 * Reads data sets in a process of its own, which ends with the answer. Aborting ends it at once.
 * @throws UserError `data-set.*`, `idx.*`, `file.*`, `machine.ended`; the signal's reason
 */
export const askReader = oneTask<FormatHandlers>({ checks, entry: entryModule('contributions/formats/formats-child') });
