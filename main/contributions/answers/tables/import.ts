import type { ImportedAnswers, PeopleMapping, PeoplePreview } from '../contract/panels.ts';
import type { LeftOut, NamesChoice } from '../contract/tables.ts';
import type { ResponseKind } from '../../../contract/stimuli/index.ts';
import type { PanelFindings, PanelKind, StoredAnswers } from '../contract/responses.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { sha256 } from '../../../files/index.ts';
import { type LabelRow, type ResponseTable, runInBatches } from '../../../storage/index.ts';
import { type PanelRow, panelsOf } from '../storage/panels.ts';
import { type ChangeFeed, importHidden, placesOf, type Workbench } from '../../../services/workbench/index.ts';
import {
  peopleFromSessions,
  refusals,
  refuseLocked,
  studyWithStimuli,
  underLock,
} from '../../../services/labels/index.ts';
import { LeftOutCount, personCheck } from '../left-out.ts';
import type { Tools } from '../../../services/tools/index.ts';
import { withReading } from '../reading.ts';
import { replaceNames } from './replace-names.ts';
import { nobody, nothing } from './table-file.ts';

/** What imports of a host work with. */
export type ImportTools = Pick<Tools, 'workbench' | 'launcher' | 'changes' | 'uploads'>;

/** Reads an uploaded table and says what an import would store. @throws UserError `csv.*`, `labeling.*`, `upload.gone` */
export function inspectTable(
  tools: Omit<ImportTools, 'changes'>,
  {
    study,
    upload,
    ...wanted
  }: { study: string; upload: string; kind: ResponseKind | null; mapping: PeopleMapping | null },
): Promise<PeoplePreview> {
  const { workbench } = tools;
  studyWithStimuli(workbench, study);
  return tools.uploads.use(upload, (file) =>
    withReading(tools, (reading) =>
      reading.ask('previewPeople', { ...placesOf(workbench), ...file, study, wanted }, file),
    ),
  );
}

/** Imports an uploaded table, all or nothing. @throws UserError `csv.*`, `labeling.*`, `upload.gone` */
export async function importTable(
  tools: ImportTools,
  { study, upload, mapping, names }: { study: string; upload: string; mapping: PeopleMapping; names: NamesChoice },
): Promise<ImportedAnswers> {
  const { workbench } = tools;
  const { study: record, set } = studyWithStimuli(workbench, study);
  refuseLocked(workbench, record.id);
  const into: Into = { studyName: study, setHash: set.hash, names };
  refuseMixed(workbench, record.id, into, mapping);
  const read = await tools.uploads.use(upload, async ({ path, name }) => {
    const table = { ...placesOf(workbench), path, name, study, wanted: { kind: mapping.kind, mapping } };
    return { file: { name }, ...(await withReading(tools, (reading) => reading.readTable(table))) };
  });
  const { imported } = await storeAnswers(workbench, into, read);
  tools.uploads.discard(upload);
  notifyLabels(tools.changes);
  return imported;
}

/** Notifies pages that labels changed, and results with them. */
export function notifyLabels(changes: ChangeFeed): void {
  changes.publish('labeling');
  changes.publish('studies');
}

/** A table that was read with a mapping. */
export interface ReadTable {
  source: string;
  file: { name: string };
  mapping: PeopleMapping;
  rows: readonly PanelRow[];
  findings: PanelFindings;
  leftOut: LeftOut;
  /** Names of the people in it who labeled in sessions of the study. */
  present: readonly string[];
  passedOver: number;
}

interface Into {
  studyName: string;
  /** Stimuli that the table was read for. */
  setHash: string;
  /** How people in the table are named; simulated labelers keep their names. */
  names: NamesChoice;
  /** Whether labelers of single labels leave the study who came with other tables, as where a file is the study's only one. */
  replaces?: boolean;
  /** Whether a table of single labels may be of people who are all left out. */
  mayBeEmpty?: boolean;
}

export interface StoredTable {
  imported: ImportedAnswers;
  simulated: boolean;
  /** Names of people who are left out because they labeled in sessions of the study. */
  present: string[];
  /** Names under which single labels are stored. */
  pseudonyms: string[];
}

/**
 * Stores a table's answers, all or nothing; importing the same table again changes nothing. Labelers of single labels join the
 * study's: people and simulated labelers never mix, and people replace a rehearsal. Answers of other kinds become a panel, which
 * figures of the study then use. People whom the study excludes are left out, and counted. Everything is checked again in the
 * transaction that shows the answers: meanwhile, labels may have been locked or somebody may have withdrawn.
 * @throws UserError `labeling.locked`, `labeling.table`, `names.damaged`, `file.*`
 */
export function storeAnswers(workbench: Workbench, into: Into, read: ReadTable): Promise<StoredTable> {
  return importHidden(workbench, () => store(workbench, into, read)).finally(() =>
    workbench.storage.importedNames.settle(read.source),
  );
}

async function store(workbench: Workbench, into: Into, read: ReadTable): Promise<StoredTable> {
  const { storage } = workbench;
  const { source, file, mapping, findings } = read;
  const studyId = reopen(workbench, into, read);
  const key = sha256(canonicalJson({ source, setHash: into.setHash, mapping }));
  const known = mapping.kind === 'single' ? undefined : panelsOf(storage).byKey(studyId, key);
  if (known) {
    const panel = underLock(workbench, studyId, () => usePanel(workbench, studyId, known.id));
    return { imported: panel, simulated: false, present: [], pseudonyms: [] };
  }
  // It would change what counts.
  if (mapping.kind !== 'single') refuseLocked(workbench, studyId);
  const left = new LeftOutCount();
  const whyOut = personOut(workbench, studyId, read);
  const rows = read.rows.filter(({ pseudonym }) => {
    const why = pseudonym === null ? null : whyOut(pseudonym);
    if (why !== null && pseudonym !== null) left.add(why, pseudonym);
    return why === null;
  });
  if (rows.length === 0 && !into.mayBeEmpty) throw nobody(file);
  const people = new Set(rows.flatMap(({ pseudonym }) => pseudonym ?? []));
  const choice = findings.anonymous ? 'keep' : into.names;
  const names = isSimulated(mapping) ? null : replaceNames(workbench, studyId, { source, file, people }, choice);
  const renamed = names ? rows.map((row) => ({ ...row, pseudonym: row.pseudonym && names.of(row.pseudonym) })) : rows;
  storage.importedNames.add(source, file.name, names?.drawn ?? []);
  const leftOut = addCounts(read.leftOut, left.counts);
  const finish =
    mapping.kind === 'single'
      ? await startLabels(workbench, { ...into, studyId }, { ...read, rows: renamed, leftOut })
      : await startPanel(workbench, { ...into, studyId, kind: mapping.kind, key }, { ...read, rows: renamed });
  const imported = underLock(workbench, studyId, () => {
    reopen(workbench, into, read);
    const isOut = personOut(workbench, studyId, read);
    if ([...people].some((name) => isOut(name) !== null)) {
      throw nothing('People of this table have withdrawn or joined the study in the meantime', file, again);
    }
    return finish();
  });
  const pseudonyms = renamed.flatMap(({ pseudonym }) => pseudonym ?? []);
  const present = [...read.present, ...left.names('present')];
  return { imported, simulated: isSimulated(mapping), present, pseudonyms };
}

const again = 'Import it again.';

/** Whether a table's labels are not from people. */
export const isSimulated = (mapping: PeopleMapping): boolean =>
  mapping.layout === 'answers' && mapping.simulated === true;

/** Why a person may not be imported. Panels may have people of sessions. */
function personOut(workbench: Workbench, studyId: number, { source, mapping }: ReadTable) {
  const check = personCheck(workbench, studyId, source);
  return (name: string): ReturnType<typeof check> => {
    const why = check(name, isSimulated(mapping));
    return mapping.kind === 'single' || why === 'withdrawn' ? why : null;
  };
}

/** People left out when the table was read, and those who withdrew or joined the study since. */
const addCounts = (read: LeftOut, since: LeftOut): LeftOut => ({
  ...read,
  withdrawn: read.withdrawn + since.withdrawn,
  present: read.present + since.present,
});

/** The id of the study. @throws UserError `labeling.table`, `study.not-found`, `labeling.no-stimuli` */
function reopen(workbench: Workbench, into: Into, { file, mapping }: Pick<ReadTable, 'file' | 'mapping'>): number {
  const { study, set } = studyWithStimuli(workbench, into.studyName);
  refuseMixed(workbench, study.id, into, mapping);
  if (set.hash !== into.setHash) throw nothing('The stimuli have changed in the meantime', file, again);
  return study.id;
}

/** Labelers who stay in the study beside those of a table. */
function stayingLabelers(
  workbench: Workbench,
  studyId: number,
  { replaces = false }: Into,
  simulated: boolean,
): number[] {
  const known = workbench.storage.labelers.ofStudy(studyId).filter((labeler) => labeler.simulated === simulated);
  const sessions = replaces ? new Set(peopleFromSessions(workbench, studyId)) : null;
  return known.flatMap(({ id }) => (sessions?.has(id) === false ? [] : [id]));
}

/** @throws UserError `labeling.table` where simulated labelers would join people */
function refuseMixed(workbench: Workbench, studyId: number, into: Into, mapping: PeopleMapping): void {
  if (!isSimulated(mapping)) return;
  if (stayingLabelers(workbench, studyId, into, false).length > 0) throw refusals.mixed(into.studyName);
}

/** Stores labels of new labelers in batches; gives what shows them, and all others, in a transaction. */
async function startLabels(workbench: Workbench, into: Into & { studyId: number }, read: ReadTable) {
  const { storage, now } = workbench;
  const { source, mapping, rows, passedOver, leftOut } = read;
  const { setHash, studyId } = into;
  const simulated = isSimulated(mapping);
  const table: ResponseTable = { setHash, source, simulated, studyId, rows: labelRows(rows) };
  const complete = await runInBatches(storage.responses.importTableSteps(table, now()), {
    transaction: (batch) => storage.transaction(batch),
  });
  return (): ImportedAnswers => {
    const staying = stayingLabelers(workbench, studyId, into, simulated);
    storage.studies.useLabelers(studyId, [...new Set([...staying, ...complete()])], now());
    const labels = rows.reduce((sum, { amount }) => sum + amount, 0);
    return { kind: 'single', labelers: rows.length, labels, passedOver, leftOut };
  };
}

function* labelRows(people: readonly PanelRow[]): Generator<LabelRow> {
  for (const { pseudonym, answers } of people)
    for (const [imageId, label] of JSON.parse(answers) as StoredAnswers<'abstain'>)
      yield { imageId, pseudonym: pseudonym ?? '', label };
}

/** Stores a panel in batches; gives what makes the study use it, in a transaction. */
async function startPanel(
  workbench: Workbench,
  { studyId, setHash, kind, key }: Into & { studyId: number; kind: PanelKind; key: string },
  { source, rows, findings }: ReadTable,
) {
  const { storage, now } = workbench;
  const panel = { studyId, setHash, kind, source, key, findings };
  const complete = await runInBatches(panelsOf(storage).importSteps(panel, rows, now()), {
    transaction: (batch) => storage.transaction(batch),
  });
  return (): ImportedAnswers => usePanel(workbench, studyId, complete());
}

function usePanel({ storage }: Workbench, studyId: number, id: number): ImportedAnswers {
  panelsOf(storage).use(studyId, id);
  const panel = panelsOf(storage).get(id);
  if (!panel) throw new Error(`there is no panel ${id}`);
  return { kind: 'panel', panel };
}
