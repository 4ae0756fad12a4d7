import { z } from 'zod';
import { nothing, oc } from '../wire/base.ts';

/** What runs where, for the foot of the window and for reports of faults. */
const appInfoSchema = z.strictObject({
  version: z.string(),
  host: z.enum(['electron', 'browser', 'test']),
  /** Versions of what it runs on, by name: electron, chrome, node. */
  runtime: z.record(z.string(), z.string()),
  /** Folder of the database, the blobs and the reports. */
  dataFolder: z.string(),
  /** What the user should know of the data folder, e.g. that a backup was restored, and the last defect since the start. */
  notices: z.array(z.string()),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

/** The address within the page, behind `#`: only what can stand in a script and leads to no other origin. */
export const placeSchema = z
  .string()
  .max(2000)
  .regex(/^#\/[\w\-.~%/?&=:,+@!$*()]*$/);

export const appContract = {
  info: oc.input(nothing).output(appInfoSchema),
  /** Remembers where the page is: a browser that is let in later opens it there. */
  keepPlace: oc.input(z.strictObject({ place: placeSchema })).output(nothing),
};
