import type { StimulusSetRecord, StudyRecord } from '../../../storage/index.ts';
import type { StimulusRecord } from '../../../storage/index.ts';
import type { Workbench } from '../../workbench.ts';
import { labelledStudy } from '../find.ts';

/** What every export is made from. */
export interface TableSource {
  readonly bench: Workbench;
  readonly study: StudyRecord;
  readonly set: StimulusSetRecord;
  /** By id. */
  readonly images: ReadonlyMap<number, StimulusRecord>;
}

/** @throws UserError `study.not-found`, `labeling.no-stimuli` */
export function tableSource(bench: Workbench, studyName: string): TableSource {
  const { study, set } = labelledStudy(bench, studyName);
  return { bench, study, set, images: new Map(set.images.map((image) => [image.id, image])) };
}

/** File name of an image, as stimulus sets are exported. */
export const imageName = (id: number): string => `${String(id).padStart(4, '0')}.png`;

/** A number of milliseconds as it is written: a tenth is more than any screen tells. */
export const ms = (value: number): string => String(Math.round(value * 10) / 10);
