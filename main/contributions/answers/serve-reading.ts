import { listParts } from '../../files/index.ts';
import type { PanelRow } from './storage/panels.ts';
import { studyWithStimuli } from '../../services/labels/index.ts';
import { findStudy, type Places, reading, type Workbench } from '../../services/workbench/index.ts';
import type { Alive, ReadingHandlers } from './reading-calls.ts';
import { answersInFile } from './disagreement/in-file.ts';
import { aboutStudy, previewPeople, readForStudy } from './panels/read.ts';
import { notRead } from '../../services/declaration/index.ts';
import { gatherNamed, inspectToolbox } from './toolbox/answers.ts';
import { previewAnswers } from './models/model-answers.ts';
import { storeAnswers } from './models/store-answers.ts';

const people = new Map<string, Iterator<PanelRow[]>>();

/** Reads uploaded tables of labels and answers in this process. It stores blobs, and never writes to the database. */
export const readingHandlers: ReadingHandlers = {
  previewPeople: ({ wanted, ...table }, alive) =>
    whileAlive(alive, table, async (workbench) =>
      previewPeople(table, await aboutStudy(workbench, table.study, table), wanted),
    ),
  readTable: ({ id, wanted, ...table }, alive) =>
    whileAlive(alive, table, async (workbench) => {
      const { rows, ...read } = await readForStudy(workbench, table.study, table, wanted);
      people.set(id, listParts(rows));
      return read;
    }),
  nextPeople: ({ id }) => nextPeople(id),
  readDisagreement: (table, alive) =>
    whileAlive(alive, table, (workbench) =>
      answersInFile(workbench, findStudy(workbench, table.study), table, { kind: null }),
    ),
  inspectToolbox: ({ path, source, hash, people, ...places }, alive) =>
    whileAlive(alive, places, async ({ storage }) => {
      const record = storage.dataSets.bySource(source);
      const files = storage.dataSets.testFiles(hash, source);
      if (source.source !== 'folder' || record?.hash !== hash || !files) throw notRead(path);
      return inspectToolbox({ path, record, source, files }, people, storage.blobs);
    }),
  gatherToolbox: ({ path, table, ...places }, alive) =>
    whileAlive(alive, places, ({ storage }) => gatherNamed(path, table, storage.blobs)),
  previewAnswers: ({ wanted, ...table }, alive) =>
    whileAlive(alive, table, (workbench) =>
      previewAnswers(table, studyWithStimuli(workbench, table.study).set, wanted),
    ),
  readAnswers: ({ mapping, ...table }, alive) =>
    whileAlive(alive, table, (workbench) =>
      storeAnswers(workbench, table, mapping, studyWithStimuli(workbench, table.study).set),
    ),
};

function nextPeople(id: string): PanelRow[] | null {
  const next = people.get(id)?.next();
  if (next?.done === false) return next.value;
  people.delete(id);
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
