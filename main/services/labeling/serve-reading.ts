import { listParts } from '../../files/json-chunks.ts';
import type { PanelRow } from '../../storage/index.ts';
import type { AnswersMapping, WantedMapping } from '../../contract/outside-models.ts';
import type { DataSetSource } from '../../contract/study.ts';
import type { CallContext } from '../../processes/protocol.ts';
import { studyWithStimuli } from '../labels/find.ts';
import { findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { KitFile, type SittingPart } from './kit-file.ts';
import { answersInFile } from './panels/disagreement-file.ts';
import { aboutStudy, previewPeople, readForStudy, type Wanted } from './panels/read.ts';
import { notRead } from '../declaration/data-set.ts';
import { gatherNamed, inspectToolbox } from './toolbox/answers.ts';
import { previewAnswers } from './models/model-answers.ts';
import { storeAnswers } from './models/store-answers.ts';
import { type Places, reading } from '../tools/places.ts';
import type { TableFile } from './tables/table-file.ts';

const kits = new Map<string, KitFile>();
const sittings = new Map<string, Iterator<SittingPart[]>>();
const people = new Map<string, Iterator<PanelRow[]>>();

/** An uploaded file, as its user calls it in errors, and where the workbench is that the process reads. */
type PlacedFile = Places & TableFile;
/** A table, and the study that it is for. */
type Table = PlacedFile & { study: string };
/** Names what was read, until its last part has been asked for. */
type Reading = { id: string };
type Alive = CallContext<Record<string, never>>;

/** Reads uploaded results of kits, and tables of labels and answers, in this process. It stores blobs, and never writes to the database. */
export const readingHandlers = {
  /** Kit and session of a result, as its first bytes state them; its signature has not been checked yet. */
  openKit: ({ id, path, name }: TableFile & Reading) => {
    const file = new KitFile(path, name);
    kits.set(id, file);
    return { kit: file.kit, session: file.session };
  },
  /** Checks the signature, and only then parses the result. `key` in base64. */
  readKit: ({ id, key }: Reading & { key: string }) => {
    const file = kits.get(id);
    if (!file) throw new Error('this result is not open');
    kits.delete(id);
    const { parts, head } = file.read(Buffer.from(key, 'base64'));
    sittings.set(id, parts);
    return head;
  },
  /** The next sittings or parts of them, which have the same key; null: none are left. */
  nextSittings: ({ id }: Reading) => nextPart(sittings, id),
  previewPeople: ({ wanted, ...table }: Table & { wanted: Wanted }, alive: Alive) =>
    whileAlive(alive, table, async (workbench) =>
      previewPeople(table, await aboutStudy(workbench, table.study, table), wanted),
    ),
  readTable: ({ id, wanted, ...table }: Table & Reading & { wanted: Wanted }, alive: Alive) =>
    whileAlive(alive, table, async (workbench) => {
      const { rows, ...read } = await readForStudy(workbench, table.study, table, wanted);
      people.set(id, listParts(rows));
      return read;
    }),
  /** The answers of the next people of what `readTable` read; null: nobody is left. */
  nextPeople: ({ id }: Reading) => nextPart(people, id),
  /** Answers about the test images of the study's data set. */
  readDisagreement: (table: Table, alive: Alive) =>
    whileAlive(alive, table, (workbench) =>
      answersInFile(workbench, findStudy(workbench, table.study), table, { kind: null }),
    ),
  /** What tables of model-vs-human say of the images of a data set that was read. Stores their rows as a blob. */
  inspectToolbox: (
    {
      path,
      source,
      hash,
      people,
      ...places
    }: PlacedFile & {
      source: DataSetSource;
      hash: string;
      people: readonly string[] | null;
    },
    alive: Alive,
  ) =>
    whileAlive(alive, places, async ({ storage }) => {
      const record = storage.dataSets.bySource(source);
      const files = storage.dataSets.testFiles(hash, source);
      if (source.source !== 'folder' || record?.hash !== hash || !files) throw notRead(path);
      return inspectToolbox({ path, record, source, files }, people, storage.blobs);
    }),
  /** Stores the rows of all tables of model-vs-human at a path as a blob, unless `table` is one; and who answers in them. */
  gatherToolbox: ({ path, table, ...places }: PlacedFile & { table: string | null }, alive: Alive) =>
    whileAlive(alive, places, ({ storage }) => gatherNamed(path, table, storage.blobs)),
  previewAnswers: ({ wanted, ...table }: Table & { wanted: WantedMapping }, alive: Alive) =>
    whileAlive(alive, table, (workbench) =>
      previewAnswers(table, studyWithStimuli(workbench, table.study).set, wanted),
    ),
  /** Stores the answers as blobs. */
  readAnswers: ({ mapping, ...table }: Table & { mapping: AnswersMapping }, alive: Alive) =>
    whileAlive(alive, table, (workbench) =>
      storeAnswers(workbench, table, mapping, studyWithStimuli(workbench, table.study).set),
    ),
};
export type ReadingHandlers = typeof readingHandlers;

function nextPart<T>(all: Map<string, Iterator<T>>, id: string): T | null {
  const next = all.get(id)?.next();
  if (next?.done === false) return next.value;
  all.delete(id);
  return null;
}

/** Milliseconds between two signs that a long file is still being read. */
const aliveEvery = 5000;

async function whileAlive<T>(
  { emit }: Alive,
  places: Places,
  work: (workbench: Workbench) => Promise<T>,
): Promise<Awaited<T>> {
  // The first sign also says that the process has started.
  emit({});
  const timer = setInterval(() => emit({}), aliveEvery);
  try {
    return await reading(places, work);
  } finally {
    clearInterval(timer);
  }
}
