import { UserError } from '../../../contract/wire/index.ts';
import type { Panel } from '../contract/panels.ts';
import type { PanelRecord } from '../contract/responses.ts';
import { refuseLocked } from '../../../services/labels/index.ts';
import { findStudy, type Workbench } from '../../../services/workbench/index.ts';
import { panelsOf } from '../storage/panels.ts';

/** Panels of a study, the newest first. @throws UserError `study.not-found` */
export function listPanels({ storage }: Workbench, studyName: string): Panel[] {
  const study = findStudy({ storage }, studyName);
  const setHash = storage.studies.stimuli(study.id);
  const origin = storage.importedNames.origins();
  return panelsOf(storage)
    .ofStudy(study.id)
    .map(({ inUse, ...panel }) => {
      const isAboutStimuli = panel.setHash === setHash;
      const { file } = origin({ source: panel.source, pseudonym: '' });
      return { ...panel, file, isAboutStimuli, counts: inUse && isAboutStimuli };
    });
}

/**
 * Makes figures of a study use a panel; nothing of other panels or of its own labels is lost.
 * @param id null: the study's own labels
 * @throws UserError `study.not-found`, `labeling.locked`, `labeling.no-panel`, `labeling.other-stimuli`
 */
export function choosePanel({ storage }: Workbench, studyName: string, id: number | null): void {
  const study = findStudy({ storage }, studyName);
  storage.transaction(() => {
    refuseLocked({ storage }, study.id);
    if (id !== null) findPanel({ storage }, studyName, id, { ofStimuli: true });
    panelsOf(storage).use(study.id, id);
  });
}

/**
 * Deletes a panel for good, with people who have no other answers. Nothing of other panels or of the study's labels is lost.
 * @throws UserError `study.not-found`, `labeling.locked`, `labeling.no-panel`
 */
export function removePanel({ storage }: Workbench, studyName: string, id: number): void {
  const study = findStudy({ storage }, studyName);
  storage.transaction(() => {
    const panel = findPanel({ storage }, studyName, id);
    if (panel.inUse) refuseLocked({ storage }, study.id);
    panelsOf(storage).markRemoved(id);
  });
}

/**
 * A panel of a study. @param ofStimuli whether it must be about the present stimuli
 * @throws UserError `study.not-found`, `labeling.no-panel`, `labeling.other-stimuli`
 */
export function findPanel(
  { storage }: Pick<Workbench, 'storage'>,
  studyName: string,
  id: number,
  { ofStimuli = false }: { ofStimuli?: boolean } = {},
): PanelRecord {
  const study = findStudy({ storage }, studyName);
  const panel = panelsOf(storage)
    .ofStudy(study.id)
    .find((each) => each.id === id);
  if (!panel) throw noPanel(id, studyName);
  if (ofStimuli && panel.setHash !== storage.studies.stimuli(study.id)) throw otherStimuli(id, studyName);
  return panel;
}

const noPanel = (id: number, study: string): UserError =>
  new UserError(
    'labeling.no-panel',
    `There is no panel ${id} in this study`,
    `study ${study}`,
    'Choose one of its list of panels.',
  );

const otherStimuli = (id: number, study: string): UserError =>
  new UserError(
    'labeling.other-stimuli',
    `Panel ${id} is about other stimuli than the study has now`,
    `study ${study}`,
    'Choose the earlier stimuli first, or import answers about the present ones.',
  );
