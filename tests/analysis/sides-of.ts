import { createContext } from '../../main/analysis/groups/analyze.ts';
import { analyzeDiverse } from '../../main/analysis/groups/diverse.ts';
import { diverseGroups } from '../../main/analysis/outcomes/groups.ts';
import { type AnalysisInput, orderInput } from '../../main/analysis/outcomes/input.ts';

/** The targets of a study as they are compared: each with the people beside it, ascending by target. */
export function sidesOf(input: AnalysisInput) {
  const ordered = orderInput(input);
  const context = createContext(ordered, {});
  return diverseGroups(ordered).map((group) => {
    const { view, claims } = analyzeDiverse(group, context);
    return { view, claims, humans: context.humans };
  });
}
