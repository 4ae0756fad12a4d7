import { basename } from 'node:path';
import { UserError } from '../../contract/wire/index.ts';
import type { PanelRecord } from './contract/responses.ts';
import { at, formatCount } from '../../domain/numbers/index.ts';
import { kindNames, answersAmount } from '../../domain/results/index.ts';
import { orderDoubt, setAside } from './contract/panel-words.ts';
import { writePredictionsCsv } from '../../files/tables/index.ts';
import { writeHumansCsv } from './tables/humans-csv.ts';
import { writeFileAtomic } from '../../files/index.ts';
import { readStudyData, type StudyData } from '../../services/index.ts';
import { findStimuli, findStudy, type Workbench } from '../../services/workbench/index.ts';
import { asOptions } from './panels/chosen-columns.ts';
import { panelRows } from './panels/export.ts';
import { readForStudy, type Wanted } from './panels/read.ts';
import { labelsText } from './provide-labels.ts';
import { storeAnswers } from './tables/import.ts';

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
  const { set, labelers, input, otherAnswers } = neededData(workbench, studyName);
  const { people } = input;
  if ('labels' in people) {
    const named = labelers.map(({ simulated }, place) => ({ name: at(people.labelers, place), simulated }));
    writeHumansCsv(path, { images: set.images, labelers: named, labels: people.labels });
  } else if (otherAnswers) {
    const panel = { ...otherAnswers.record, setHash: set.hash };
    writeFileAtomic(path, [...panelRows(workbench.storage, panel)].join(''));
  }
}

/**
 * Imports people's answers as the screen does, with a guessed mapping where none is wanted; names of people stay. Single labels
 * replace those of other tables, and answers of other kinds become a panel, which the study's figures then use.
 * @returns how the table was read, as options, and what was stored, in a sentence
 * @throws UserError `csv.*`, `file.*`, `study.*`, `labeling.*`, `option.map`
 */
export async function importResponses(
  workbench: Workbench,
  studyName: string,
  path: string,
  wanted: Wanted | ((classes: readonly string[]) => Wanted) = { kind: null },
): Promise<{ mapping: string[]; detail: string }> {
  const study = findStudy(workbench, studyName);
  const set = findStimuli(workbench, study.id);
  if (!set) throw noStimuli(studyName);
  const file = { path, name: basename(path) };
  const chosen = typeof wanted === 'function' ? wanted(set.classes) : wanted;
  const read = await readForStudy(workbench, studyName, file, chosen);
  const into = { studyName, setHash: set.hash, names: 'keep', replaces: true } as const;
  const stored = await storeAnswers(workbench, into, { ...read, file });
  const { imported } = stored;
  const mapping = asOptions(read.mapping, set.classes);
  if (imported.kind === 'panel') return { mapping, detail: panelText(imported.panel) };
  const { labelers } = study.spec;
  const detail = labelsText(stored);
  if (labelers.source !== 'csv') return { mapping, detail };
  const next = `The next \`study run\` takes those of ${labelers.path} again, unless the study file says otherwise.`;
  return { mapping, detail: `${detail}. ${next}` };
}

/** An imported panel in a sentence. */
function panelText(panel: PanelRecord): string {
  const [aside, doubt] = [setAside(panel), orderDoubt(panel.findings)];
  const about = `${answersAmount(panel)} about ${formatCount(panel.findings.images, 'image')}`;
  return `${kindNames[panel.kind]}: ${about}${aside.length > 0 ? `; set aside: ${aside.join(', ')}` : ''}${doubt === null ? '' : `. ${doubt}`}`;
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
