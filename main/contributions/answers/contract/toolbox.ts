import { z } from 'zod';
import { problemSchema } from '../../../contract/wire/index.ts';
import { hashSchema } from '../../../contract/recipes/index.ts';
import { dataSetSchema, studyNamesSchema, toolboxLabelersSchema } from '../../../contract/studies/index.ts';

const name = z.string().min(1).max(200);
const count = z.int().min(0);

/** What tables of model-vs-human say of the images that lie beside them. Nothing of it counts yet. */
export const toolboxAnswersSchema = z.strictObject({
  /** Folder or zip with the tables. */
  path: z.string(),
  /** Blob with the rows of all tables. */
  table: hashSchema,
  /** Tables, and their rows; CSV files of other kinds, which are passed over. */
  tables: count,
  rows: count,
  others: z.strictObject({ count, examples: z.array(z.string()).max(5) }),
  /** How the images were changed, in the order of the tables; at most a hundred. */
  conditions: z.array(z.strictObject({ name: z.string(), rows: count })).max(100),
  /** Everybody who answers, by name. */
  answerers: z
    .array(
      z.strictObject({
        name,
        isPerson: z.boolean(),
        /** Images that were answered, and rows without a response in time. */
        answers: count,
        none: count,
        /** Percent of the answers that name the category; null: there is no answer. */
        right: z.number().min(0).max(100).nullable(),
        /** Why a model is left out, as a clause; null: its answers are imported. */
        leftOut: z.string().nullable(),
      }),
    )
    .max(1000),
  /** Images of the tables that are not there, and the first of their names. */
  unknownImages: z.strictObject({ count, names: z.array(z.string().max(200)).max(20) }),
  /** Images that nobody answers. */
  unanswered: count,
  /** Why nothing can be imported; null: it can. */
  problem: problemSchema.nullable(),
});
export type ToolboxAnswers = z.infer<typeof toolboxAnswersSchema>;

/** A study of images with answers of people and models in tables of model-vs-human. */
export const toolboxPlanSchema = z.strictObject({
  source: dataSetSchema,
  name: studyNamesSchema.shape.name,
  title: studyNamesSchema.shape.title,
  labelers: toolboxLabelersSchema,
});
export type ToolboxPlan = z.infer<typeof toolboxPlanSchema>;
