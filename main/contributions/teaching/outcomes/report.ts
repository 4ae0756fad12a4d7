import { teachingOf } from '../contract/design.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { architectureNames } from '../../../domain/networks/index.ts';
import { peopleWord, targetTitle } from '../../../domain/numbers/index.ts';
import type { ReportedPart } from '../../../exhibits/index.ts';
import { inWords } from '../../../exhibits/parts/index.ts';
import type { ReportTools } from '../../../services/results/index.ts';
import { armTitle, scoreNames, verdictWords } from '../analysis/arms.ts';
import { teachingFigure } from './figure.ts';
import { teachingOutcomes } from './outcomes.ts';
import {
  teachingDifferencesExhibit,
  type TeachingOutcomes,
  teachingOwnLabelsExhibit,
  teachingScoresExhibit,
  verdictOf,
} from './tables.ts';

interface Whose {
  readonly rehearsal: boolean;
}

/** Outcomes of taught networks at each chosen target, in a section of their own. */
export function reportTeaching(from: ReportTools): ReportedPart[] {
  if (!from.choice.sections.includes('teachers')) return [];
  const { found, leftOut } = findOutcomes(from);
  return [reportPart({ rehearsal: from.data.labelers.some(({ simulated }) => simulated) }, found, leftOut)];
}

/** @param all of one study, one a target @param leftOut which targets are not there, and why: sentences */
export function reportPart(whose: Whose, all: readonly TeachingOutcomes[], leftOut: readonly string[]): ReportedPart {
  const isNone = all.length === 0;
  return {
    section: 'teachers',
    heading: 'Teachers',
    tables: isNone
      ? []
      : [
          teachingDifferencesExhibit(whose, all),
          teachingScoresExhibit(whose, all),
          teachingOwnLabelsExhibit(whose, all),
        ],
    figures: isNone ? [] : [teachingFigure(whose, all)],
    findings: all.flatMap((outcomes) => findings(whose, outcomes)),
    collections: [...new Set(all.map(({ name }) => name))],
    leftOut,
    saysSample: true,
  };
}

/** One without outcomes is left out, with a sentence that says why. */
function findOutcomes({ workbench, study: { name, spec }, choice: { targets, architectures } }: ReportTools): {
  found: TeachingOutcomes[];
  leftOut: string[];
} {
  const [found, leftOut]: [TeachingOutcomes[], string[]] = [[], []];
  const teaching = teachingOf(spec);
  const recipe = spec.models.find((entry) => entry.name === teaching?.base)?.recipe;
  if (!teaching?.made || !recipe) return { found, leftOut };
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

/** Which targets teach better or worse than the reference: a sentence for each half that teaches. */
function findings(whose: Whose, { reference, outcome, target, halvesOf, directions }: TeachingOutcomes): string[] {
  return directions.flatMap(({ teachers, arms }) => {
    const found = arms.map((arm) => ({ title: `“${armTitle(arm.arm)}”`, verdict: verdictOf(arm, outcome) }));
    const sentences = (['lower', 'higher', 'not_separated'] as const).flatMap((verdict) => {
      const titles = found.filter((arm) => arm.verdict === verdict).map(({ title }) => title);
      return titles.length === 0 ? [] : [`${verdictWords[verdict]}: ${inWords(titles)}`];
    });
    if (sentences.length === 0) return [];
    const examining = halvesOf === 'labels' ? 'other labels' : `other ${peopleWord(whose)}`;
    return [
      `How networks taught by half ${teachers} (${targetTitle(target)}) predict ${examining}, compared with those taught “${armTitle(reference)}”, by ${scoreNames[outcome]} (Teachers): ${sentences.join('; ')}.`,
    ];
  });
}
