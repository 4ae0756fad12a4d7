import type { ReportChoice } from '../../contract/api/report.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { ReportRecipe } from '../../exhibits/report-data.ts';
import { knownTargets } from '../../exhibits/view.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

/** Recipes and models of a complete study, whatever was chosen of it. */
interface Known {
  recipes: readonly ReportRecipe[];
  models: readonly { target: Target }[];
}

/** @throws UserError `report.unknown-target` where targets were chosen that the study has not. */
export function refuseUnknown(studyName: string, study: Known, { targets }: Pick<ReportChoice, 'targets'>): void {
  const known = knownTargets(study);
  const unknown = (targets ?? []).filter((target) => !known.includes(target));
  if (unknown.length === 0) return;
  throw new UserError(
    'report.unknown-target',
    `Study "${studyName}" has no networks at ${unknown.map((target) => targetTitle(target)).join(', ')}`,
    studyName,
    known.length === 0
      ? 'No network is planned yet: leave the choice of targets out.'
      : `Choose from: ${known.join(', ')}.`,
  );
}
