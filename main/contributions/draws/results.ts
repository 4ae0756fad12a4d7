import type { AnswerTools, ContributedResults } from '../../services/results/index.ts';
import { drawsExhibit, drawsFigure } from './exhibit.ts';
import { listDraws, readDraws } from './read.ts';
import { anchorDraws } from './result.ts';

const questions = {
  /** Anchor draws of a study, by its name. */
  result: ({ storage, paper, ...tools }: AnswerTools, input: { study: string }) => {
    const study = tools.study(input.study);
    return anchorDraws(storage, study, tools.source(study), paper);
  },
};
export type DrawsQuestions = typeof questions;

export default {
  questions,
  report: ({ workbench: { storage }, study, data: { set, models }, paper }) => {
    const own = { images: set.images, classes: set.classes.length, models };
    const runs = listDraws(storage, study.id).flatMap((run) => readDraws(storage, run, own) ?? []);
    const figures = runs.map((run, place) => drawsFigure(run, paper, place + 1));
    return [{ section: 'images', tables: [drawsExhibit(runs, paper)], figures }];
  },
} satisfies ContributedResults;
