import type { DrawsResult } from './contract/result.ts';
import { drawsTitle } from './title.ts';
import { drawsExhibit, drawsFigure } from './exhibit.ts';
import { isLikePaper } from '../../domain/declaration.ts';
import type { PaperValues } from '../../exhibits/paper-values.ts';
import type { Storage } from '../../storage/open.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { Source } from '../../services/analysis-input.ts';
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
