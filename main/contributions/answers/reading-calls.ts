import type { TableFile } from './table-kinds.ts';
import { z } from 'zod';
import { peoplesAnswersSchema } from './contract/disagreement.ts';
import { type PeopleMapping, peopleMappingSchema, peoplePreviewSchema } from './contract/panels.ts';
import { importedTableSchema } from './contract/tables.ts';
import { storedModelsSchema } from './contract/models.ts';
import { toolboxAnswersSchema } from './contract/toolbox.ts';
import { type AnswersMapping, answersPreviewSchema, type WantedMapping } from './contract/outside-models.ts';
import { hashSchema } from '../../contract/recipes/index.ts';
import type { ResponseKind } from '../../contract/stimuli/index.ts';
import { panelFindingsSchema } from './contract/responses.ts';
import type { DataSetSource } from '../../contract/studies/index.ts';
import type { CallContext } from '../../processes/index.ts';
import type { PanelRow } from './storage/panels.ts';
import type { Places } from '../../services/workbench/index.ts';

/** An uploaded file. `name`: as its user calls it, for errors. */
type PlacedFile = Places & TableFile;
/** A table, and the study that it is for. */
type Table = PlacedFile & { study: string };
/** Names what was read, until its last part has been asked for. */
type Reading = { id: string };
/** What was chosen in place of a guess. */
type Chosen = { wanted: { kind: ResponseKind | null; mapping: PeopleMapping | null } };

/** What the process that reads uploaded tables of labels and of models' answers is asked. */
interface Questions {
  previewPeople: Table & Chosen;
  readTable: Table & Reading & Chosen;
  /** The answers of the next people of what `readTable` read; null: nobody is left. */
  nextPeople: Reading;
  /** Answers about the test images of the study's data set. */
  readDisagreement: Table;
  /** What tables of model-vs-human say of the images of a data set that was read. Stores their rows as a blob. */
  inspectToolbox: PlacedFile & { source: DataSetSource; hash: string; people: readonly string[] | null };
  /** Stores the rows of all tables of model-vs-human at a path as a blob, unless `table` is one; and who answers in them. */
  gatherToolbox: PlacedFile & { table: string | null };
  previewAnswers: Table & { wanted: WantedMapping };
  /** Stores the answers as blobs. */
  readAnswers: Table & { mapping: AnswersMapping };
}

const event = z.strictObject({});

/** Its answers. While it reads a long file it says that it is alive. */
export const readingChecks = {
  previewPeople: { event, output: peoplePreviewSchema },
  readTable: {
    event,
    output: importedTableSchema.pick({ passedOver: true, leftOut: true }).extend({
      source: z.string(),
      mapping: peopleMappingSchema,
      findings: panelFindingsSchema,
      present: z.array(z.string()),
    }),
  },
  // Checked by the process that sends them: checking rows again would hold up the host.
  nextPeople: { event, output: z.custom<PanelRow[]>((value) => Array.isArray(value)).nullable() },
  readDisagreement: { event, output: peoplesAnswersSchema },
  inspectToolbox: { event, output: toolboxAnswersSchema },
  gatherToolbox: { event, output: z.strictObject({ table: hashSchema, names: z.array(z.string()) }) },
  previewAnswers: { event, output: answersPreviewSchema },
  readAnswers: { event, output: storedModelsSchema },
};

export type Alive = CallContext<Record<string, never>>;

/** Not the type of the handlers themselves, as of other processes: these use folders that use the parent's side. */
export type ReadingHandlers = {
  [Name in keyof Questions]: (question: Questions[Name], alive: Alive) => Answer<Name> | Promise<Answer<Name>>;
};
type Answer<Name extends keyof Questions> = z.output<(typeof readingChecks)[Name]['output']>;
