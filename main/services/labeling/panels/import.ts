import type { PanelMapping, PanelPreview } from '../../../contract/labeling/panels.ts';
import type { NamesChoice } from '../../../contract/labeling/tables.ts';
import type { PanelFindings, PanelKind, PanelRecord } from '../../../contract/responses.ts';
import { canonicalJson } from '../../../domain/identity.ts';
import { sha256 } from '../../../files/blobs.ts';
import { type PanelRow, runInBatches } from '../../../storage/index.ts';
import { importHidden } from '../../archive/import-archive.ts';
import { refuseLocked, studyWithStimuli } from '../../labels/find.ts';
import type { Workbench } from '../../tools/workbench.ts';
import type { LabelingService } from '../service.ts';
import { replaceNames } from '../tables/replace-names.ts';
import { nothing } from '../tables/table-file.ts';
import { placesOf } from '../../tools/places.ts';

/** Reads an uploaded table and says what an import would store. @throws UserError `csv.*`, `labeling.*`, `upload.gone` */
export function inspectPanel(
  service: LabelingService,
  { study, upload, ...wanted }: { study: string; upload: string; kind: PanelKind | null; mapping: PanelMapping | null },
): Promise<PanelPreview> {
  studyWithStimuli(service.workbench, study);
  return service.uploads.use(upload, ({ path, name }) =>
    service.reading.previewPanel({ ...placesOf(service.workbench), path, name, study, ...wanted }),
  );
}

/** Imports an uploaded table as a panel, all or nothing. @throws UserError `csv.*`, `labeling.*`, `upload.gone` */
export async function importPanel(
  service: LabelingService,
  { study, upload, mapping, names }: { study: string; upload: string; mapping: PanelMapping; names: NamesChoice },
): Promise<PanelRecord> {
  const { set } = studyWithStimuli(service.workbench, study);
  const read = await service.uploads.use(upload, async ({ path, name }) => {
    const panel = await service.reading.readPanel({ ...placesOf(service.workbench), path, name, study, mapping });
    return { file: { name }, ...panel };
  });
  const panel = await storePanel(service.workbench, { studyName: study, setHash: set.hash, mapping, names }, read);
  service.uploads.discard(upload);
  service.notifyLabels();
  return panel;
}

/** A table that was read with a mapping. */
export interface ReadPanel {
  source: string;
  file: { name: string };
  rows: readonly PanelRow[];
  findings: PanelFindings;
}

interface Into {
  studyName: string;
  /** Stimuli that the table was read for. */
  setHash: string;
  mapping: PanelMapping;
  /** Of people in the table. */
  names: NamesChoice;
}

/**
 * Stores a panel, all or nothing, and makes it the one that the study's figures use. The same
 * import again chooses the panel that it made before.
 * @throws UserError `labeling.locked`, `labeling.table`, `names.damaged`, `file.*`
 */
export function storePanel(workbench: Workbench, into: Into, read: ReadPanel): Promise<PanelRecord> {
  return importHidden(workbench, () => store(workbench, into, read)).finally(() =>
    workbench.storage.importedNames.settle(read.source),
  );
}

async function store(workbench: Workbench, into: Into, read: ReadPanel): Promise<PanelRecord> {
  const { storage, now } = workbench;
  const { study } = reopen(workbench, into, read);
  const { source, file, rows, findings } = read;
  const { setHash, mapping } = into;
  const key = sha256(canonicalJson({ source, setHash, mapping }));
  const known = storage.panels.byKey(study.id, key);
  if (known) return storage.transaction(() => use(workbench, study.id, known.id));
  const names = new Set(rows.flatMap(({ pseudonym }) => pseudonym ?? []));
  const choice = findings.anonymous ? 'keep' : into.names;
  const pseudonyms = replaceNames(workbench, study.id, { source, file, people: names }, choice);
  const renamed = rows.map((row) => ({ ...row, pseudonym: row.pseudonym && pseudonyms.of(row.pseudonym) }));
  storage.importedNames.add(source, file.name, pseudonyms.drawn);
  const panel = { studyId: study.id, setHash, kind: mapping.kind, source, key, findings };
  const finish = await runInBatches(storage.panels.importSteps(panel, renamed, now()), {
    transaction: (batch) => storage.transaction(batch),
  });
  return storage.transaction(() => {
    reopen(workbench, into, read);
    const withdrawals = storage.labeling.withdrawals.lookup(study.id);
    if ([...names].some((pseudonym) => withdrawals.find({ source, pseudonym }) !== undefined)) {
      throw nothing('People of this table have withdrawn in the meantime', file, again);
    }
    return use(workbench, study.id, finish());
  });
}

function use({ storage }: Workbench, studyId: number, id: number): PanelRecord {
  storage.panels.use(studyId, id);
  const panel = storage.panels.get(id);
  if (!panel) throw new Error(`there is no panel ${id}`);
  return panel;
}

const again = 'Import it again.';

function reopen(workbench: Workbench, { studyName, setHash }: Into, { file }: Pick<ReadPanel, 'file'>) {
  const { study, set } = studyWithStimuli(workbench, studyName);
  refuseLocked(workbench, study.id);
  if (set.hash !== setHash) throw nothing('The stimuli have changed in the meantime', file, again);
  return { study, set };
}
