import { z } from 'zod';
import { jobStarted, nothing, oc, ofStudy } from '../wire/base.ts';
import { claimChoiceSchema } from '../results/exhibit.ts';
import { targetSchema } from '../recipes/recipes.ts';

/** Optional parts of a report. Findings, methods and provenance are always included. */
export const reportSections = [
  'images',
  'networks',
  'types',
  'softmax',
  'certainty',
  'along',
  'agreement',
  'comparison',
  'effects',
  'teachers',
  'seeds',
  'each-image',
  'self-test',
] as const;
export type ReportSection = (typeof reportSections)[number];

/** Sections that contributions have alone: stored choices name them, and the page offers those that are there. */
export const contributedSections = [
  'along',
  'effects',
  'teachers',
  'self-test',
] as const satisfies readonly ReportSection[];
export type CoreSection = Exclude<ReportSection, (typeof contributedSections)[number]>;

/** `html` is always included; the others have the same content. */
export const reportFormats = ['html', 'pdf', 'latex', 'csv', 'json', 'svg'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const paperSizes = ['A4', 'Letter'] as const;
export type PaperSize = (typeof paperSizes)[number];

const text = z.string().max(20_000);

/** Effects over studies that a report has at most. */
export const mostOverStudies = 20;

/** What a contribution was asked to add, in its own form, with a title for the user. */
const askedSchema = z.object({ title: z.string().max(2000) }).catchall(z.json());

export const reportChoiceSchema = z.strictObject({
  sections: z.array(z.enum(reportSections)).max(reportSections.length),
  /** Target accuracies that are shown; null: all. */
  targets: z.array(targetSchema).max(100).nullable(),
  /** Architectures of the networks in the report, e.g. `CNN`; null: all. All numbers are computed from these alone. */
  architectures: z.array(z.string().max(64)).max(100).nullable().default(null),
  /** Seed groups that it is of, as results number them; null: all. */
  repeats: z.array(z.int().min(0)).max(1000).nullable().default(null),
  /** For whom its intervals hold. */
  claim: claimChoiceSchema.default('default'),
  /** Number of people that types are also given for, where images have more labels. */
  asked: z.int().min(2).max(1_000_000).default(10),
  /** Effects combined over studies, as chosen on Effects, which checks them. */
  overStudies: z.array(askedSchema).max(mostOverStudies).default([]),
  /** The user's own words, plain text; an empty line begins a new paragraph. */
  introduction: text,
  conclusion: text,
  formats: z.array(z.enum(reportFormats)).max(reportFormats.length),
  paperSize: z.enum(paperSizes),
});
export type ReportChoice = z.infer<typeof reportChoiceSchema>;

/** All parts, as web page and data, without text of the user. */
export const wholeReport: ReportChoice = {
  sections: [...reportSections],
  targets: null,
  architectures: null,
  repeats: null,
  claim: 'default',
  asked: 10,
  overStudies: [],
  introduction: '',
  conclusion: '',
  formats: ['html', 'latex', 'csv', 'json', 'svg'],
  paperSize: 'A4',
};

const reportFileSchema = z.strictObject({ name: z.string(), bytes: z.int().min(0), sha256: z.string() });
export type ReportFile = z.infer<typeof reportFileSchema>;

const reportStateSchema = z.strictObject({
  /** Why there is no report yet, or null. */
  missing: z.string().nullable(),
  rehearsal: z.boolean(),
  choice: reportChoiceSchema,
  /** Whether images have so many labels that types are given for fewer people, too. */
  hasManyLabels: z.boolean(),
  /** What can be chosen, and why a section would be empty. */
  sections: z.array(z.strictObject({ section: z.enum(reportSections), empty: z.string().nullable() })),
  targets: z.array(targetSchema),
  architectures: z.array(z.string()),
  repeats: z.array(z.int()),
  /** Null: this machine can make a PDF; otherwise why not. */
  noPdf: z.string().nullable(),
  /** When the report in the data folder was last written; ISO 8601. */
  writtenAt: z.iso.datetime().nullable(),
});
export type ReportState = z.infer<typeof reportStateSchema>;

const chosen = ofStudy.extend({ choice: reportChoiceSchema });

const writtenSchema = z.strictObject({
  address: z.string().nullable(),
  bytes: z.int().nullable(),
  files: z.array(reportFileSchema),
  /** What could not be made, and why. */
  leftOut: z.array(z.string()),
});
export type Written = z.infer<typeof writtenSchema>;

export const reportContract = {
  state: oc.input(ofStudy).output(reportStateSchema),
  save: oc.input(chosen).output(nothing),
  /** The complete page as it would be written. */
  preview: oc.input(chosen).output(z.strictObject({ html: z.string() })),
  /** Writes every format that was chosen into one archive, as a job. */
  write: oc.input(chosen).output(jobStarted),
  /** What a job wrote, and where it can be fetched; nulls while it has not ended. */
  written: oc.input(z.strictObject({ job: z.string().max(64) })).output(writtenSchema),
};
