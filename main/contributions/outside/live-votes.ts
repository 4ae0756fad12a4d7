import type { Images, LiveImages } from '../../contract/api/index.ts';
import { type OutsideModelRecord, outsideModelsOf } from '../answers/models/outside-models.ts';
import type { LiveModels } from './live-models.ts';
import { type LivePart, maxOutsideVoters, type OutsideVoter } from './contract/live.ts';
import { UserError } from '../../contract/wire/index.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { findStimuli, type Workbench } from '../../services/workbench/index.ts';
import { follow } from '../../services/tools/index.ts';
import {
  draftPoint,
  imagesAt,
  imagesOfPair,
  latentPoints,
  neededSet,
  noImage,
  type PreviewContext,
  previewPoints,
  storedVote,
  wayPoints,
} from '../../services/stimuli/index.ts';

/** Models that were not trained here and that a page may ask what they see. */
export const listOutsideVoters = ({ storage }: Workbench, study: StudyRecord): OutsideVoter[] =>
  outsideModelsOf(storage)
    .ofStudy(study.id)
    .slice(0, maxOutsideVoters)
    .map((model) => ({
      id: model.id,
      name: model.name,
      title: model.title,
      accuracy: model.tested?.accuracy ?? null,
      canPredict: model.canPredict,
    }));

/** What a model said of the images before, and the images themselves, which are made once, when they are needed. */
interface Shown {
  said: (model: OutsideModelRecord) => { softmax: string | null; labels: number[] } | null;
  images: () => Promise<Images>;
}

/**
 * What outside models say about images, each as it comes.
 * @param live runs models of files
 * @throws UserError `stimuli.*`; the signal's reason
 */
export async function* liveVotes(
  context: PreviewContext,
  live: Pick<LiveModels, 'vote'>,
  { models, images: asked }: { models: readonly number[]; images: LiveImages },
): AsyncGenerator<LivePart> {
  const shown = imagesOf(context, asked);
  const all = new Map(
    outsideModelsOf(context.workbench.storage)
      .ofStudy(context.study.id)
      .map((each) => [each.id, each]),
  );
  let made: Promise<Images> | undefined;
  const answer = async (id: number, signal: AbortSignal): Promise<LivePart> => {
    const model = all.get(id);
    if (!model) return { type: 'failed', id, why: 'It is no longer in this study.' };
    const said = shown.said(model);
    if (said) return { type: 'vote', id, ...said };
    if (!model.canPredict) return { type: 'failed', id, why: 'Only answers to other images are known.' };
    made ??= shown.images();
    return { type: 'vote', id, ...(await live.vote(model, await made, signal)) };
  };
  const work = ({ report, signal }: { report: (part: LivePart) => void; signal: AbortSignal }) =>
    Promise.all(
      models.map((id) =>
        answer(id, signal).then(report, (error: unknown) => {
          if (signal.aborted || !(error instanceof UserError)) throw error;
          report({ type: 'failed', id, why: `${error.message}. ${error.remedy}` });
        }),
      ),
    );
  for await (const part of follow(work, context.signal)) if ('event' in part) yield part.event;
}

function imagesOf(context: PreviewContext, asked: LiveImages): Shown {
  const { workbench, study } = context;
  const make = async (points: Parameters<typeof previewPoints>[1]): Promise<Images> =>
    (await previewPoints(context, points, [])).images;
  const nothing = (): null => null;
  if (asked.kind === 'way') {
    const { points } = wayPoints(context, asked);
    return { said: nothing, images: () => make(points) };
  }
  if (asked.kind === 'points') {
    const points = latentPoints(context, asked);
    return { said: nothing, images: () => make(points) };
  }
  if (asked.kind === 'image' && !findStimuli(workbench, study.id)) {
    const { point } = draftPoint(context, asked.image);
    return { said: nothing, images: () => make([point]) };
  }
  const set = neededSet(context);
  const positions =
    asked.kind === 'pair'
      ? imagesOfPair(context, set, asked.pair).map(({ position }) => position)
      : [set.images.findIndex(({ id }) => id === asked.image)];
  if (positions.includes(-1)) throw noImage(context, 'this image');
  return {
    said: ({ prediction }) => storedVote(workbench, prediction, set, positions),
    images: async () => imagesAt(workbench, set, positions),
  };
}
