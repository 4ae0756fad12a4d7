import { Memo } from '../../analysis/context.ts';
import { reportedEffects } from '../../exhibits/report-effects.ts';
import type { ReportData } from '../../exhibits/report-data.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { Sources } from '../analysis-input.ts';
import { EffectSources, usualEffects } from '../results/effects.ts';
import { viewPeople } from '../results/view.ts';
import type { Workbench } from '../tools/workbench.ts';

/** Effects in a study: of all its networks that were chosen, those of groups of their own too. */
export function reportEffects(
  { storage }: Workbench,
  study: StudyRecord,
  sources: Sources,
  ofModel: (model: ModelRecord) => boolean,
): NonNullable<ReportData['effects']> {
  const own = sources.readById(study.id, ofModel);
  if (!own) return [];
  const source = { ...own, study, classes: own.set.classes };
  const people = viewPeople(source, { study: study.name, labelers: null }, null, new Memo());
  return usualEffects(people, new EffectSources(storage).read(people, study.name, null)).map(reportedEffects);
}
