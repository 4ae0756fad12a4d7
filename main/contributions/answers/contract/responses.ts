import { z } from 'zod';
import { hashSchema } from '../../../contract/recipes/index.ts';

/** Kinds of imported panels; single labels belong to labelers of the study. */
export const panelKinds = ['abstain', 'set', 'graded', 'counts'] as const;
export type PanelKind = (typeof panelKinds)[number];

/** Bounds of a panel, for files and archives. */
export const mostInPanel = { people: 100_000, images: 100_000, count: 1_000_000, rating: 1e50 } as const;

const image = z.int().min(0);
const label = z.int().min(0).max(999);
const labels = z.array(label).min(1).max(1000);
const perClass = (value: z.ZodType<number>) =>
  z
    .array(z.tuple([label, value]))
    .min(1)
    .max(1000);
const answersOf = <Answer extends z.ZodType>(answer: Answer) =>
  z.array(z.tuple([image, answer])).max(mostInPanel.images);

/**
 * One person's answers to the images of a set, or of counts all people's: `[image id, answer]`, by image. `abstain`: a
 * class, or null for "can't tell"; `set`: classes, ascending; `graded` and `counts`: a rating, or how many gave the label,
 * of each class that has one, ascending.
 */
export const panelAnswersSchemas = {
  abstain: answersOf(label.nullable()),
  set: answersOf(labels),
  graded: answersOf(perClass(z.number().min(-mostInPanel.rating).max(mostInPanel.rating))),
  counts: answersOf(perClass(z.int().min(1).max(mostInPanel.count))),
} satisfies Record<PanelKind, z.ZodType>;
export type StoredAnswers<Kind extends PanelKind = PanelKind> = z.infer<(typeof panelAnswersSchemas)[Kind]>;

/** What an import set aside or left out, as the list of panels shows it. */
export const panelFindingsSchema = z.strictObject({
  /** Rows of the file, or entries. */
  rows: z.int().min(0),
  /** Images with an answer, when it was imported. */
  images: z.int().min(0),
  /** Images of the file that the stimuli do not have, and the first of their names. */
  unknownImages: z.strictObject({ count: z.int().min(0), names: z.array(z.string().max(200)).max(20) }),
  /** Rows without an answer. */
  empty: z.int().min(0),
  /** People who withdrew. */
  withdrawn: z.int().min(0),
  /** Names whose rows were set aside, such as those of models: how many, and the first of them. Absent: none. */
  aside: z.strictObject({ count: z.int().min(1), names: z.array(z.string().max(200)).max(20) }).optional(),
  /** Nobody knows who gave which answer: its labelers only count those of an image. Absent: they are people. */
  anonymous: z.literal(true).optional(),
  /** Answers that name the true class of their image, percent (of counts: labels); absent: true classes are unknown. */
  truePct: z.number().min(0).max(100).optional(),
});
export type PanelFindings = z.infer<typeof panelFindingsSchema>;

/** A body of answers of one kind that was imported into a study. */
export const panelSchema = z.strictObject({
  id: z.int().min(1),
  kind: z.enum(panelKinds),
  setHash: hashSchema,
  /** The file by its hash, e.g. `csv:<hash>`. */
  source: z.string(),
  /** People who have not withdrawn since; null: nobody knows who they were, as of counts. */
  people: z.int().min(0).nullable(),
  /** Answers of these people; of counts: labels. */
  answers: z.int().min(0),
  findings: panelFindingsSchema,
  /** Milliseconds since 1970. */
  importedAt: z.int().min(0),
  /** Whether figures of the study use it. */
  inUse: z.boolean(),
});
export type PanelRecord = z.infer<typeof panelSchema>;
