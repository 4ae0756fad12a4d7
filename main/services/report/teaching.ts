import type { ReportChoice } from '../../contract/api/report.ts';
import { UserError } from '../../contract/errors.ts';
import { architectureNames } from '../../domain/architectures.ts';
import { targetTitle } from '../../domain/targets.ts';
import type { TeachingOutcomes } from '../../exhibits/teaching.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { teachingOutcomes } from '../teaching/outcomes.ts';
import type { Workbench } from '../tools/workbench.ts';

/** Outcomes of taught networks at each chosen target. One without any is left out, with a sentence that says why. */
export function reportTeaching(
  workbench: Workbench,
  { name, spec }: StudyRecord,
  { sections, targets, architectures }: ReportChoice,
): { found: TeachingOutcomes[]; leftOut: string[] } {
  const [found, leftOut]: [TeachingOutcomes[], string[]] = [[], []];
  const { teaching } = spec;
  const recipe = spec.models.find((entry) => entry.name === teaching?.base)?.recipe;
  if (!sections.includes('teachers') || !teaching?.made || !recipe) return { found, leftOut };
  if (architectures !== null && !architectures.includes(architectureNames[recipe.architecture.kind]))
    return { found, leftOut };
  for (const target of recipe.targets.filter((each) => targets?.includes(each) ?? true)) {
    try {
      found.push(teachingOutcomes(workbench, name, String(target)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      leftOut.push(`Teachers, ${targetTitle(target)}: left out. ${error.message}.`);
    }
  }
  return { found, leftOut };
}
