import { z } from 'zod';
import { idSchema, nothing, ofStudy } from '../../contract/wire/index.ts';
import { disagreementSchema, responseKinds } from '../../contract/stimuli/index.ts';
import { dataSetSchema } from '../../contract/studies/index.ts';
import { call, done } from '../../services/api/index.ts';
import { findStudy, placesOf } from '../../services/workbench/index.ts';
import { answeredSchema, disagreementPreviewSchema, peoplesAnswersOf } from './contract/disagreement.ts';
import { importedAnswersSchema, panelItemSchema, peopleMappingSchema, peoplePreviewSchema } from './contract/panels.ts';
import { exportedFileSchema, exportFormats, namesChoiceSchema } from './contract/tables.ts';
import { toolboxAnswersSchema, toolboxPlanSchema } from './contract/toolbox.ts';
import { answersInStudy, listAnswered } from './disagreement/in-study.ts';
import { previewDisagreement } from './disagreement/preview.ts';
import { offerPanel } from './panels/export.ts';
import { choosePanel, listPanels, removePanel } from './panels/panels.ts';
import { withReading } from './reading.ts';
import { exportTable } from './tables/export.ts';
import { importTable, inspectTable, notifyLabels } from './tables/import.ts';
import { createToolboxStudy, toolboxAnswers } from './toolbox/study.ts';

const upload = z.string().max(64);
const ofPanel = ofStudy.extend({ panel: idSchema });

const tables = {
  /** A file and its data dictionary. `events` and `json` include unfinished sessions. */
  exportTable: call
    .input(ofStudy.extend({ format: z.enum(exportFormats) }))
    .output(z.strictObject({ files: z.array(exportedFileSchema) }))
    .handler(({ input, context: { lab } }) => ({ files: exportTable(lab, input.study, input.format) })),
  /** What an import would store. @see PeoplePreview */
  inspectTable: call
    .input(ofStudy.extend({ upload, kind: z.enum(responseKinds).nullable(), mapping: peopleMappingSchema.nullable() }))
    .output(peoplePreviewSchema)
    .handler(({ input, context: { lab } }) => inspectTable(lab, input)),
  /**
   * Imports a table's answers, all or none. Labelers of single labels join the study; answers of other kinds become a panel,
   * which figures then use. `names`: for people; simulated labelers keep theirs.
   */
  importTable: call
    .input(ofStudy.extend({ upload, mapping: peopleMappingSchema, names: namesChoiceSchema }))
    .output(importedAnswersSchema)
    .handler(({ input, context: { lab } }) => importTable(lab, input)),
};

const panels = {
  /** The newest first. */
  listPanels: call
    .input(ofStudy)
    .output(z.array(panelItemSchema))
    .handler(({ input, context: { lab } }) => listPanels(lab.workbench, input.study)),
  /** Makes figures of a study use a panel; null: its own labels. */
  usePanel: call
    .input(ofStudy.extend({ panel: idSchema.nullable() }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => {
      choosePanel(lab.workbench, input.study, input.panel);
      return done(notifyLabels(lab.changes));
    }),
  /** Its answers as a CSV file. */
  exportPanel: call
    .input(ofPanel)
    .output(z.strictObject({ name: z.string(), address: z.string() }))
    .handler(({ input, context: { lab } }) => offerPanel(lab, input.study, input.panel)),
  /** Deletes a panel for good. */
  removePanel: call
    .input(ofPanel)
    .output(nothing)
    .handler(async ({ input, context: { lab } }) => {
      removePanel(lab.workbench, input.study, input.panel);
      notifyLabels(lab.changes);
      return done(await lab.removals.complete());
    }),
};

const testImages = {
  /** Answers in the data folder about test images of the study's data set. */
  listAnswered: call
    .input(ofStudy)
    .output(z.array(answeredSchema))
    .handler(({ input, context: { lab } }) => listAnswered(lab.workbench, findStudy(lab.workbench, input.study))),
  /** How much people disagree on test images by these answers, and which images are chosen by that. Stores nothing. */
  previewDisagreement: call
    .input(ofStudy.extend({ answers: peoplesAnswersOf, wanted: disagreementSchema }))
    .output(disagreementPreviewSchema)
    .handler(async ({ input: { study: name, answers, wanted }, context: { lab } }) => {
      const study = findStudy(lab.workbench, name);
      const found =
        'upload' in answers
          ? await lab.uploads.use(answers.upload, (file) =>
              withReading(lab, (reading) =>
                reading.ask('readDisagreement', { ...placesOf(lab.workbench), ...file, study: name }, file),
              ),
            )
          : answersInStudy(lab.workbench, study, answers);
      return previewDisagreement(lab.workbench, study, found, wanted);
    }),
};

const studies = {
  /**
   * What tables of model-vs-human say of images that were read. `from`: where these were read from, also of an upload; `people`: the
   * names of people, null: as the toolbox tells them from models. Nothing counts yet.
   */
  answersBeside: call
    .input(
      z.strictObject({
        source: dataSetSchema,
        from: z.string().min(1).max(4096),
        people: z.array(z.string().max(200)).max(1000).nullable(),
      }),
    )
    .output(toolboxAnswersSchema)
    .handler(({ input, context: { lab } }) => toolboxAnswers(lab, input)),
  /** Stores a study of these images and answers; nothing runs yet. */
  createStudy: call
    .input(toolboxPlanSchema)
    .output(z.strictObject({ name: z.string() }))
    .handler(({ input, context: { lab } }) => ({ name: createToolboxStudy(lab, input) })),
};

const calls = { ...tables, ...panels, ...testImages, ...studies };
export default calls;
export type AnswerCalls = typeof calls;
