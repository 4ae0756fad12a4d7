import type { ToolboxAnswers } from '../contract/toolbox.ts';

/** Which of the answerers a study takes. */
export function takenFrom({ answerers }: Pick<ToolboxAnswers, 'answerers'>): { people: string[]; models: string[] } {
  const taken = answerers.filter(({ leftOut, answers }) => leftOut === null && answers > 0);
  const names = (of: boolean): string[] => taken.flatMap(({ name, isPerson }) => (isPerson === of ? [name] : []));
  return { people: names(true), models: names(false) };
}
