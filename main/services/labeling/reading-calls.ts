import type { TableFile } from '../../files/tables/kinds.ts';
import { z } from 'zod';
import { peoplesAnswersSchema } from '../../contract/labeling/disagreement.ts';
import { type KitResultPayload, kitResultPayloadSchema } from '../../contract/labeling/kit.ts';
import { type PeopleMapping, peopleMappingSchema, peoplePreviewSchema } from '../../contract/labeling/panels.ts';
import { importedTableSchema } from '../../contract/labeling/tables.ts';
import { toolboxAnswersSchema } from '../../contract/labeling/toolbox.ts';
import {
  type AnswersMapping,
  answersPreviewSchema,
  storedModelsSchema,
  type WantedMapping,
} from '../../contract/outside-models.ts';
import { hashSchema } from '../../contract/recipes.ts';
import { panelFindingsSchema, type ResponseKind } from '../../contract/responses.ts';
import type { DataSetSource } from '../../contract/study.ts';
import type { CallContext } from '../../processes/protocol.ts';
import type { PanelRow } from '../../storage/index.ts';
import type { Places } from '../tools/places.ts';

/** An uploaded file. `name`: as its user calls it, for errors. */
type PlacedFile = Places & TableFile;
/** A table, and the study that it is for. */
type Table = PlacedFile & { study: string };
/** Names what was read, until its last part has been asked for. */
type Reading = { id: string };
/** What was chosen in place of a guess. */
type Chosen = { wanted: { kind: ResponseKind | null; mapping: PeopleMapping | null } };

/** What the process that reads uploaded results of kits, tables of labels and of models' answers is asked. */
interface Questions {
  /** Kit and session of a result, as its first bytes state them; its signature has not been checked yet. */
  openKit: TableFile & Reading;
  /** Checks the signature, and only then parses the result. `key` in base64. */
  readKit: Reading & { key: string };
  /** The next sittings or parts of them, which have the same key; null: none are left. */
  nextSittings: Reading;
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

/** A sitting of a kit's result, or the next of its events and notes. */
export type SittingPart = KitResultPayload['sittings'][number];

const { kit, session } = kitResultPayloadSchema.shape;

/** Rows are checked by the process that sends them: checking them again would hold up the host. */
const listOf = <Row>() => z.custom<Row[]>((value) => Array.isArray(value)).nullable();
const event = z.strictObject({});

/** Its answers. While it reads a long file it says that it is alive. */
export const readingChecks = {
  openKit: { event, output: z.strictObject({ kit, session }) },
  readKit: { event, output: kitResultPayloadSchema.omit({ sittings: true }) },
  nextSittings: { event, output: listOf<SittingPart>() },
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
  nextPeople: { event, output: listOf<PanelRow>() },
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
