import type {
  ClassMapping,
  ColumnMapping,
  ImportedTable,
  LeftOut,
  NamesChoice,
  TablePreview,
} from '../../../contract/labeling/tables.ts';
import { runInBatches } from '../../../storage/index.ts';
import { importHidden } from '../../archive/import-archive.ts';
import { refuseLocked, studyWithStimuli } from '../../labels/find.ts';
import { LeftOutCount, personCheck } from '../../labels/left-out.ts';
import { refusals } from '../../labels/refusals.ts';
import type { LabelRow } from '../reading-calls.ts';
import type { LabelingService } from '../service.ts';
import { type ReplacedNames, replaceNames } from './replace-names.ts';
import { type InspectedColumns, nobody, nothing } from './table-file.ts';
import { placesOf } from '../../tools/places.ts';

/** Reads a table and guesses its columns and classes. @throws UserError `csv.*`, `labeling.*`, `upload.gone` */
export async function inspectTable(
  service: LabelingService,
  studyName: string,
  upload: string,
  wanted: InspectedColumns,
): Promise<TablePreview> {
  studyWithStimuli(service.workbench, studyName);
  return service.uploads.use(upload, ({ path, name }) =>
    service.reading.preview({ ...placesOf(service.workbench), path, name, study: studyName, wanted }),
  );
}

interface TableImport {
  study: string;
  upload: string;
  columns: ColumnMapping;
  classes: ClassMapping;
  simulated: boolean;
  /** For people; simulated labelers keep their names. */
  names: NamesChoice;
}

/**
 * Stores a table's labels, all or none, and adds its labelers to the study. Importing the same file again changes nothing.
 * People and simulated labelers never mix: people replace a rehearsal. People whom the table or the study excludes are
 * left out, and their number is returned.
 * @throws UserError `csv.*`, `labeling.*`, `upload.gone`
 */
export async function importTable(
  service: LabelingService,
  { study: studyName, upload, names: choice, ...how }: TableImport,
): Promise<ImportedTable> {
  const { workbench } = service;
  const { simulated } = how;
  const { set } = open(service, studyName, simulated);
  const read = await service.uploads.use(upload, async ({ path, name }) => {
    const table = { ...placesOf(service.workbench), path, name, study: studyName, ...how };
    return { file: { name }, ...(await service.reading.readTable(table)) };
  });
  const left = new LeftOutCount();
  const into = { studyName, setHash: set.hash, simulated, names: choice };
  const { names, labels } = await importHidden(workbench, () => store(service, into, read, left)).finally(() =>
    workbench.storage.importedNames.settle(read.source),
  );
  service.uploads.discard(upload);
  service.notifyLabels();
  return { labelers: names.size, labels, passedOver: read.passedOver, leftOut: addCounts(read.leftOut, left.counts) };
}

function open({ workbench }: LabelingService, studyName: string, simulated: boolean) {
  const { study, set } = studyWithStimuli(workbench, studyName);
  refuseLocked(workbench, study.id);
  const known = workbench.storage.labelers.ofStudy(study.id);
  if (simulated && known.some((labeler) => !labeler.simulated)) throw refusals.mixed(studyName);
  return { study, set, known };
}

/** People left out by the process, and those who withdrew or joined the study since. */
const addCounts = (read: LeftOut, since: LeftOut): LeftOut => ({
  ...read,
  withdrawn: read.withdrawn + since.withdrawn,
  present: read.present + since.present,
});

interface ReadTable {
  source: string;
  file: { name: string };
  rows: readonly LabelRow[];
}

interface Into {
  studyName: string;
  setHash: string;
  simulated: boolean;
  names: NamesChoice;
}

/**
 * Stores the labels of new labelers in batches, and all others' in the transaction that shows them. Everything is checked
 * again in it: meanwhile, labels may have been locked or somebody may have withdrawn.
 */
async function store(service: LabelingService, into: Into, read: ReadTable, left: LeftOutCount): Promise<KeptRows> {
  const { storage, now } = service.workbench;
  const { study } = reopen(service, into, read);
  const checkPerson = personCheck(service.workbench, study.id, read.source);
  const pseudonyms = into.simulated
    ? null
    : replaceNames(service.workbench, study.id, { ...read, people: namesOf(read) }, into.names);
  const kept = await runInBatches(keepRows(read.rows, { checkPerson, pseudonyms }, left));
  const { rows, names } = kept;
  if (rows.length === 0) throw nobody(read.file);
  if (pseudonyms) storage.importedNames.add(read.source, read.file.name, pseudonyms.drawn);
  const { setHash, simulated } = into;
  const table = { setHash, source: read.source, simulated, studyId: study.id, rows };
  const finish = await runInBatches(storage.responses.importTableSteps(table, now()), {
    transaction: (batch) => storage.transaction(batch),
  });
  storage.transaction(() => {
    const { known } = reopen(service, into, read);
    const checkAgain = personCheck(service.workbench, study.id, read.source);
    if ([...names].some((name) => checkAgain(name) !== null)) {
      throw nothing('People of this table have withdrawn or joined the study in the meantime', read.file, again);
    }
    const others = known.filter((labeler) => labeler.simulated === simulated).map(({ id }) => id);
    storage.studies.useLabelers(study.id, [...new Set([...others, ...finish()])], now());
  });
  return kept;
}

interface KeptRows {
  /** Under the pseudonyms that people get. */
  rows: LabelRow[];
  /** As the table has them. */
  names: Set<string>;
  /** Number of rows with a label. */
  labels: number;
}

/** Rows of people who may be imported; there may be millions. */
function* keepRows(
  rows: readonly LabelRow[],
  { checkPerson, pseudonyms }: { checkPerson: ReturnType<typeof personCheck>; pseudonyms: ReplacedNames | null },
  left: LeftOutCount,
): Generator<void, KeptRows> {
  const kept: KeptRows = { rows: [], names: new Set(), labels: 0 };
  for (const row of rows) {
    yield;
    const why = checkPerson(row.pseudonym);
    if (why !== null) {
      left.add(why, row.pseudonym);
      continue;
    }
    kept.rows.push(pseudonyms ? { ...row, pseudonym: pseudonyms.of(row.pseudonym) } : row);
    kept.names.add(row.pseudonym);
    if (row.label !== null) kept.labels += 1;
  }
  return kept;
}

const again = 'Import it again.';

const namesOf = ({ rows }: ReadTable): Set<string> => new Set(rows.map(({ pseudonym }) => pseudonym));

function reopen(service: LabelingService, { studyName, setHash, simulated }: Into, { file }: ReadTable) {
  const { study, set, known } = open(service, studyName, simulated);
  if (set.hash !== setHash) throw nothing('The stimuli have changed in the meantime', file, again);
  return { study, known };
}
