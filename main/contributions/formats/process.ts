import { z } from 'zod';
import { dataSetRecordSchema } from '../../contract/api/data-sets.ts';
import { findingsSchema } from '../../contract/findings.ts';
import { entryModule } from '../../files/places.ts';
import { type AskOptions, askOnce } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Checks, Event, Input, Output } from '../../processes/protocol.ts';
import { taskEventSchema } from '../../services/tasks/task-events.ts';
import { type TaskListeners, taskEnded } from '../../services/tasks/tasks.ts';
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
export const askReader = <Task extends keyof FormatHandlers & string>(
  launcher: Launcher,
  task: Task,
  input: Input<FormatHandlers[Task]>,
  listeners: TaskListeners = {},
): Promise<Output<FormatHandlers[Task]>> =>
  askOnce<FormatHandlers, Task>(
    { ...reader, launcher },
    task,
    input,
    listeners as AskOptions<Event<FormatHandlers[Task]>>,
  );

const reader = {
  checks,
  entry: entryModule('contributions/formats/formats-child'),
  idleFor: null,
  tries: 1,
  died: taskEnded,
  failed: taskEnded,
};
