import { UserError } from '../../contract/errors.ts';
import type { PanelRecord, ResponseKind } from '../../contract/responses.ts';
import { formatCount } from '../../domain/format.ts';
import { kindNames, orderDoubt, panelAmount, setAside } from '../../domain/response-kinds.ts';
import { writeHumansCsv } from '../../files/tables/humans-csv.ts';
import { writePredictionsCsv } from '../../files/tables/predictions-csv.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { readStudyData, type StudyData } from '../analysis-input.ts';
import { findStudy } from '../tools/find.ts';
import { labelerNames } from '../labels/people.ts';
import { readLabels } from '../labels/labels-file.ts';
import { importLabels } from '../labels/study-labels.ts';
import { firstBytes } from '../../files/tables/kinds.ts';
import { panelRows } from '../labeling/panels/export.ts';
import { importPanelFile } from '../labeling/panels/import-file.ts';
import type { Workbench } from '../tools/workbench.ts';

/** Writes predictions.csv of a study. @throws UserError `study.*`, `csv.*`, `file.*` */
export function exportPredictions(workbench: Workbench, studyName: string, path: string): void {
  const { set, models, input } = neededData(workbench, studyName);
  if (!('softmax' in input)) throw new Error('a study keeps all softmax values');
  writePredictionsCsv(path, {
    images: set.images,
    classes: input.classes,
    models: models.map((model) => model.input),
    labels: input.modelLabels,
    softmax: input.softmax,
  });
}

/** Writes humans.csv of a study, or counts.csv, sets.csv or graded.csv where figures use such a panel; simulated labels say so in each row. @throws UserError `study.*`, `csv.*`, `file.*` */
export function exportResponses(workbench: Workbench, studyName: string, path: string): void {
  const { set, humans, panel } = neededData(workbench, studyName);
  if (panel && panel.record.kind !== 'abstain') {
    writeFileAtomic(path, [...panelRows(workbench.storage, panel.record)].join(''));
    return;
  }
  const names = labelerNames(humans.labelers);
  writeHumansCsv(path, {
    images: set.images,
    labelers: humans.labelers.map(({ simulated }, at) => ({ name: names[at] ?? '', simulated })),
    labels: humans.labels,
    unanswered: humans.unanswered,
  });
}

interface WantedAnswers {
  /** Null: single labels if the file has the columns of humans.csv, else what its columns look like. */
  kind: ResponseKind | null;
  /** Labels of each image, where columns have shares of them. */
  total: number | null;
  /** Names that are set aside; null: models, in a table of people and models. */
  aside?: string[] | null;
}

/**
 * Adds the file's labelers to the study, or imports its answers of another kind as a panel, which the study's figures then
 * use; gives a summary. @throws UserError `csv.*`, `humans.*`, `study.*`, `labeling.*`
 */
export async function importResponses(
  workbench: Workbench,
  studyName: string,
  path: string,
  { kind, total, aside = null }: WantedAnswers = { kind: null, total: null },
): Promise<string> {
  needStimuli(workbench, studyName);
  // humans.csv of images between two classes, perhaps with more columns.
  const isOwn = kind === null && firstBytes(path).includes('pair_i');
  const panel =
    kind === 'single' || isOwn ? null : await importPanelFile(workbench, studyName, path, { kind, total, aside });
  return panel ? panelText(panel) : importSingle(workbench, studyName, path);
}

/** An imported panel in a sentence. */
function panelText(panel: PanelRecord): string {
  const [aside, doubt] = [setAside(panel), orderDoubt(panel.findings)];
  const about = `${panelAmount(panel)} about ${formatCount(panel.findings.images, 'image')}`;
  return `${kindNames[panel.kind]}: ${about}${aside.length > 0 ? `; set aside: ${aside.join(', ')}` : ''}${doubt === null ? '' : `. ${doubt}`}`;
}

/** @throws UserError `csv.*`, `humans.*`, `study.*` */
async function importSingle(workbench: Workbench, studyName: string, path: string): Promise<string> {
  const { study, setHash, classes } = needStimuli(workbench, studyName);
  const { detail } = await importLabels(workbench, { id: study.id, path, classes }, setHash, (file) =>
    readLabels(workbench, file),
  );
  const { labelers } = study.spec;
  if (labelers.source !== 'csv') return detail;
  return `${detail}. The next \`study run\` takes those of ${labelers.path} again, unless the study file says otherwise.`;
}

function needStimuli({ storage }: Workbench, studyName: string) {
  const study = findStudy({ storage }, studyName);
  const setHash = storage.studies.stimuli(study.id);
  const classes = setHash === undefined ? undefined : storage.stimulusSets.header(setHash)?.classes.length;
  if (setHash === undefined || classes === undefined) throw noStimuli(studyName);
  return { study, setHash, classes };
}

function neededData(workbench: Workbench, studyName: string): StudyData {
  const data = readStudyData(workbench, findStudy(workbench, studyName).id);
  if (!data) throw noStimuli(studyName);
  return data;
}

const noStimuli = (studyName: string): UserError =>
  new UserError(
    'study.no-stimuli',
    `Study "${studyName}" has no frozen stimuli yet`,
    studyName,
    'Run the study until its stimuli are made: `boundary study run`.',
  );
