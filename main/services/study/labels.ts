import type { LabelersSpec } from '../../contract/studies/study.ts';
import { formatCount } from '../../domain/numbers/format.ts';
import { rehearse } from '../../domain/plans/rehearsal.ts';
import { labelersText } from '../../domain/results/response-kinds.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { LabelRow, ResponseTable } from '../../storage/responses.ts';
import type { StimulusRecord } from '../../storage/stimulus-sets.ts';
import { underLock } from '../labels/people.ts';
import { importedFrom } from '../labels/sources.ts';
import type { ProvidedLabels } from '../workbench/answer-files.ts';
import { findAnswerFiles } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';

interface StudyToLabel {
  id: number;
  name: string;
  spec: LabelersSpec;
  folder: string;
  classes: number;
}

const stepName = (simulated: boolean): string => (simulated ? 'Rehearsal labels' : 'Labels');

const knownText = (labelers: readonly { source: string }[]): string => {
  const files = labelers.filter(({ source }) => source.startsWith(importedFrom)).length;
  if (files === 0) return `${formatCount(labelers.length, 'labeler')} from labeling sessions`;
  return `${formatCount(labelers.length, 'labeler')}, ${files === labelers.length ? '' : `${files} of them `}imported before`;
};

/**
 * Stores the labels that the study file names: from a file, or simulated for a rehearsal. Repeating it changes nothing.
 * Without a named file, imported labels of people stay and replace a rehearsal. Imported simulated labels stay if the study
 * file names no labels. Imported labelers of other stimuli leave the study, with a warning. Null: there are no labels.
 * @throws UserError `csv.*`, `rehearsal.*`, `labeling.*`, `outside.*`, `answers.none`; nothing is stored then.
 */
export async function provideLabels(
  workbench: Workbench,
  study: StudyToLabel,
  setHash: string,
  { warn, launcher }: { warn: (message: string) => void; launcher: Launcher },
): Promise<ProvidedLabels | null> {
  const { spec, id, name, classes } = study;
  if ('path' in spec) {
    if (!workbench.answerFiles && hasAnswers(workbench, id, setHash)) {
      warn(`This version does not read ${spec.path}. Its answers stay as they were imported.`);
      return null;
    }
    const files = findAnswerFiles(workbench, launcher, `study ${name}, labelers`);
    const provided = await files.provide({ ...study, spec }, setHash, warn);
    if (provided || spec.source !== 'csv') return provided;
  }
  const { storage, now } = workbench;
  const imported = storage.labelers
    .ofStudy(id)
    .filter(({ simulated, source }) => !simulated || (spec.source === 'none' && source.startsWith(importedFrom)));
  const known = imported.filter((labeler) => storage.responses.log(setHash, labeler.id).length > 0);
  if (known.length > 0) {
    return { name: stepName(known.some(({ simulated }) => simulated)), detail: knownText(known) };
  }
  if (imported.length > 0) {
    warn(
      `${formatCount(imported.length, 'labeler')} imported before labeled other stimuli and are left out. ` +
        'Import labels of these stimuli with `boundary responses import`.',
    );
  }
  if (spec.source !== 'rehearsal') {
    underLock(workbench, id, () => storage.studies.useLabelers(id, [], now()));
    return null;
  }
  const table = rehearsalTable(spec, storage.stimulusSets.get(setHash)?.images ?? [], classes, setHash);
  const labelers = underLock(workbench, id, () => {
    const made = storage.responses.importTable({ ...table, studyId: id }, now());
    storage.studies.useLabelers(id, made, now());
    return made.length;
  });
  const labels = table.rows.filter(({ label }) => label !== null).length;
  return { name: stepName(true), detail: labelersText({ labelers, labels, simulated: true }) };
}

/** Whether the study has answers about a stimulus set that were imported. */
function hasAnswers({ storage }: Workbench, studyId: number, setHash: string): boolean {
  const isAnswered = (labeler: { id: number }): boolean => storage.responses.log(setHash, labeler.id).length > 0;
  return (
    storage.otherAnswers.kindsOf(studyId, setHash).length > 0 || storage.labelers.ofStudy(studyId).some(isAnswered)
  );
}

function rehearsalTable(
  { count, seed }: { count: number; seed: number },
  images: readonly StimulusRecord[],
  classes: number,
  setHash: string,
): ResponseTable & { rows: LabelRow[] } {
  const { pseudonyms, labels } = rehearse({ points: images, classes, count, seed });
  const rows = pseudonyms.flatMap((pseudonym, labeler) =>
    images.map(({ id }, index) => ({ imageId: id, pseudonym, label: labels[labeler]?.[index] ?? null })),
  );
  return { setHash, simulated: true, source: `rehearsal:${seed}`, rows };
}
