import type { StimulusSetRecord, StudyRecord } from '../../../storage/index.ts';
import type { StimulusRecord } from '../../../storage/index.ts';
import type { Workbench } from '../../tools/workbench.ts';
import { labelledStudy } from '../../labels/find.ts';

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

/**
 * Milliseconds as they are written, not negative: a tenth is more than any screen tells. Put together from whole numbers,
 * as fractions are slow to write, and tables have millions.
 */
export function ms(value: number): string {
  const tenths = Math.round(value * 10);
  const whole = Math.floor(tenths / 10);
  const rest = tenths - whole * 10;
  return rest === 0 ? String(whole) : `${whole}.${rest}`;
}
