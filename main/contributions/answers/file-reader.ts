import type { AnswerFilesOf } from '../../services/workbench/index.ts';

/** What the core has read in files. Code is loaded with the first. */
export const fileReader: AnswerFilesOf = (workbench, launcher) => {
  const tools = { workbench, launcher };
  return {
    provide: async (...asked) => (await import('./provide-labels.ts')).provideLabels(tools, ...asked),
    makeStudy: async (changes, ...asked) =>
      (await import('./toolbox/command.ts')).makeFromToolbox({ ...tools, changes }, ...asked),
  };
};
