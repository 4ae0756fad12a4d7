import type { DrawsResult } from './contract/result.ts';
import { drawsTitle } from './title.ts';
import { drawsExhibit, drawsFigure } from './exhibit.ts';
import { isLikePaper } from '../../domain/plans/index.ts';
import type { PaperValues } from '../../exhibits/parts/index.ts';
import type { Storage, StudyRecord } from '../../storage/index.ts';
import type { Source } from '../../services/index.ts';
import { listDraws, ownAnchors, readDraws } from './read.ts';

/** Anchor draws of a study: those that are done with their distributions, the others with their state. */
export function anchorDraws(
  storage: Storage,
  study: StudyRecord,
  source: Source | null,
  printed: PaperValues,
): DrawsResult {
  const paper = isLikePaper(study.spec) ? printed : null;
  const own = source && { images: source.images, classes: source.classes.length, models: source.models };
  const runs = listDraws(storage, study.id).map((run) => ({ run, numbers: readDraws(storage, run, own) }));
  return {
    own: ownAnchors(study.spec),
    runs: runs.map(({ run, numbers }, place) => {
      const { rule, anchorDesign, draws, seed } = run.task;
      return {
        runId: run.id,
        title: drawsTitle(run.task),
        request: { rule, anchorDesign, draws, seed },
        state: run.state,
        done: numbers?.draws.length ?? run.progress?.done ?? 0,
        failure: run.failure?.message ?? null,
        figure: numbers && drawsFigure(numbers, paper, place + 1),
      };
    }),
    exhibit: drawsExhibit(
      runs.flatMap(({ numbers }) => numbers ?? []),
      paper,
    ),
  };
}
