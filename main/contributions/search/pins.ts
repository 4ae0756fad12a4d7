import { z } from 'zod';
import { type Sample, sampleSchema } from '../../contract/api/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import type { StudyRecord } from '../../storage/index.ts';

/** All of a study, as they are stored. */
const pinnedSchema = z.array(z.strictObject({ classIndex: z.int().min(0), ...sampleSchema.shape })).max(10_000);
type Pinned = z.infer<typeof pinnedSchema>;
const pinnedName = 'stimuli.pinned';

const readPins = ({ storage }: Workbench, study: StudyRecord): Pinned =>
  storage.settings.ofStudy(study.id, pinnedName, pinnedSchema) ?? [];

/** Those of one class. */
export const pinnedOf = (workbench: Workbench, study: StudyRecord, classIndex: number): Sample[] =>
  readPins(workbench, study).flatMap(({ classIndex: of, ...sample }) => (of === classIndex ? [sample] : []));

/** Pins or unpins a candidate. @throws UserError `stimuli.too-many-pins` */
export function pin(workbench: Workbench, study: StudyRecord, candidate: Pinned[number], pinned: boolean): void {
  const same = (other: Pinned[number]): boolean =>
    other.classIndex === candidate.classIndex && other.seed === candidate.seed && other.sample === candidate.sample;
  const others = readPins(workbench, study).filter((other) => !same(other));
  const wanted = pinnedSchema.safeParse(pinned ? [...others, candidate] : others);
  if (!wanted.success) {
    const remedy = 'Unpin some first.';
    throw new UserError('stimuli.too-many-pins', 'Too many candidates are pinned', study.name, remedy);
  }
  workbench.storage.settings.setOfStudy(study.id, pinnedName, wanted.data, workbench.now());
}
