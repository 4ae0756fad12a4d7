import { problemOf } from '../../../contract/wire/index.ts';
import type { DisagreementPreview, PeoplesAnswers } from '../contract/disagreement.ts';
import type { Disagreement, TestImageChoice } from '../../../contract/stimuli/index.ts';
import { mostDisagreed } from './most-disagreed.ts';
import type { StudyRecord } from '../../../storage/index.ts';
import { declaredDataSet } from '../../../services/declaration/index.ts';
import { findStudy, type Workbench } from '../../../services/workbench/index.ts';
import { saveTestImages, setSource } from '../../../services/stimuli/index.ts';

/** What answers say of test images, and the choice that they give, or why they give none. */
export function previewDisagreement(
  workbench: Workbench,
  study: StudyRecord,
  { entropies, ...about }: PeoplesAnswers,
  wanted: Disagreement,
): DisagreementPreview {
  const { name, answers, kind, reading } = about;
  const found = {
    name,
    kind,
    reading,
    images: entropies.length,
    total: declaredDataSet(workbench, study)?.testCount ?? 0,
    disagreed: entropies.filter(([, bits]) => bits > 0).length,
    highest: entropies.reduce((most, [, bits]) => Math.max(most, bits), 0),
  };
  try {
    const { positions, lowest } = mostDisagreed(entropies, wanted);
    const by = { name, answers, kind, images: entropies.length, wanted, lowest };
    return { ...found, choose: { kind: 'disagreed', positions, by }, problem: null };
  } catch (error) {
    return { ...found, choose: null, problem: problemOf(error) };
  }
}

/** Takes these test images for the study's stimuli, whatever their source was. @throws UserError `stimuli.*` */
export function takeTestImages(workbench: Workbench, name: string, choose: TestImageChoice): void {
  workbench.storage.transaction(() => {
    setSource(workbench, findStudy(workbench, name), 'test-images');
    const study = findStudy(workbench, name);
    if (study.spec.stimuli.source === 'test-images')
      saveTestImages(workbench, study, study.spec.stimuli.choose, choose);
  });
}
