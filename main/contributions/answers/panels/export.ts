import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UserError } from '../../../contract/wire/index.ts';
import type { PanelKind, PanelRecord, StoredAnswers } from '../contract/responses.ts';
import { at, targetTitle } from '../../../domain/numbers/index.ts';
import { arePlaced, placeColumns } from '../../../domain/stimuli/index.ts';
import { onFile, writeFileAtomic } from '../../../files/index.ts';
import { csvRow } from '../../../files/tables/index.ts';
import type { StimulusRecord, Storage } from '../../../storage/index.ts';
import { readDesign } from '../../../services/index.ts';
import { studyWithStimuli } from '../../../services/labels/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import type { Tools } from '../../../services/tools/index.ts';
import { findPanel } from './panels.ts';
import { panelsOf } from '../storage/panels.ts';

/** File of each kind in a folder that `boundary analyze` reads (metrics.md 14). */
const fileNames: Record<PanelKind, string> = {
  counts: 'counts.csv',
  abstain: 'abstain.csv',
  set: 'sets.csv',
  graded: 'graded.csv',
};

/** Offers a panel's answers as a CSV file; gives its address. @throws UserError `labeling.no-panel` */
export function offerPanel(
  tools: Pick<Tools, 'workbench' | 'downloads'>,
  study: string,
  id: number,
): { name: string; address: string } {
  const { kind } = findPanel(tools.workbench, study, id);
  const name = fileNames[kind];
  // Read during the download, so that it does not contain who has withdrawn by then.
  const rows = () => panelRows(tools.workbench.storage, findPanel(tools.workbench, study, id));
  const address = tools.downloads.offer({
    name,
    type: 'text/csv; charset=utf-8',
    content: { stream: () => Readable.from(rows()) },
  });
  return { name, address };
}

/**
 * Writes a panel with the study's images and models as a folder that `boundary analyze` reads: the file of its kind,
 * images.csv, runs.csv, labels.csv and responses.json, with all models as the group.
 * @throws UserError `labeling.no-panel`, `labeling.other-stimuli`, `study.no-models`, `file.*`
 */
export function exportPanel(workbench: Workbench, studyName: string, id: number, folder: string): void {
  const panel = findPanel(workbench, studyName, id, { ofStimuli: true });
  const { study, set } = studyWithStimuli(workbench, studyName);
  const { models, labels } = modelLabels(workbench, study.id);
  if (models.length === 0) throw noModels(studyName);
  const texts: Record<string, Iterable<string>> = {
    [fileNames[panel.kind]]: panelRows(workbench.storage, panel),
    'images.csv': imageRows(set.images),
    'runs.csv': ['run,block\n', ...models.map((name) => csvRow([name, null]))],
    'labels.csv': ['run,image,label\n', ...labels(set.images)],
    'responses.json': [`${JSON.stringify({ group: models, rarefy: [], conversion: null }, null, 1)}\n`],
  };
  onFile(folder, () => mkdirSync(folder, { recursive: true }));
  for (const [name, rows] of Object.entries(texts)) writeFileAtomic(join(folder, name), [...rows].join(''));
}

const noModels = (study: string): UserError =>
  new UserError(
    'study.no-models',
    'No model has predicted the stimuli of this study yet',
    `study ${study}`,
    'Run the study first, or export the panel alone on the screen Labeling.',
  );

function modelLabels(workbench: Workbench, studyId: number) {
  const design = readDesign(workbench, studyId)?.models ?? [];
  const models = design.map(({ input: { name, target, repeat, seed } }) =>
    [name, targetTitle(target), repeat && `repeat ${repeat}`, seed === null ? null : `seed ${seed}`]
      .filter((part) => part)
      .join(', '),
  );
  return {
    models,
    *labels(images: readonly StimulusRecord[]): Generator<string> {
      for (const [model, name] of models.entries())
        for (const [place, { id }] of images.entries()) yield csvRow([name, id, at(at(design, model).labels, place)]);
    },
  };
}

function* imageRows(images: readonly StimulusRecord[]): Generator<string> {
  const placed = arePlaced(images);
  yield csvRow(['image', ...(placed ? [...placeColumns, 'anchor_i', 'anchor_j'] : [])]);
  for (const { id, pairI, pairJ, alpha, anchorI = null, anchorJ = null } of images)
    yield csvRow([id, ...(placed ? [pairI, pairJ, alpha, anchorI, anchorJ] : [])]);
}

/** The answers of a panel, in the layout of metrics.md 14: people by pseudonym, images by id. */
export function* panelRows(storage: Storage, { id, kind, setHash }: Pick<PanelRecord, 'id' | 'kind' | 'setHash'>) {
  const classes = storage.stimulusSets.header(setHash)?.classes.length ?? 0;
  if (kind === 'counts') yield csvRow(['image', ...Array.from({ length: classes }, (_, k) => `count_${k}`)]);
  else if (kind === 'graded') yield csvRow(['image', 'labeler', 'label', 'rating']);
  else yield csvRow(['image', 'labeler', kind === 'set' ? 'labels' : 'label']);
  for (const { labeler, answers } of panelsOf(storage).stored(id)) {
    const name = labeler?.pseudonym ?? '';
    let rows = '';
    for (const [image, answer] of JSON.parse(answers) as StoredAnswers)
      rows += rowsOf(kind, image, name, answer, classes);
    yield rows;
  }
}

function rowsOf(
  kind: PanelKind,
  image: number,
  name: string,
  answer: StoredAnswers[number][1],
  classes: number,
): string {
  if (kind === 'abstain') return csvRow([image, name, answer === null ? '?' : String(answer)]);
  if (kind === 'set') return csvRow([image, name, (answer as number[]).join('|')]);
  const pairs = answer as [number, number][];
  if (kind === 'graded') return pairs.map(([label, rating]) => csvRow([image, name, label, rating])).join('');
  const counts = new Map(pairs);
  return csvRow([image, ...Array.from({ length: classes }, (_, k) => counts.get(k) ?? 0)]);
}
