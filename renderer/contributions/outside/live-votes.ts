import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LiveImages } from '../../../main/contract/api/index.ts';
import type { OutsideCalls } from '../../../main/contributions/outside/calls.ts';
import type { LivePart, OutsideVoter } from '../../../main/contributions/outside/contract/live.ts';
import { formatFixed } from '../../../main/domain/numbers/index.ts';
import { toRefusal, useApiOf } from '../../client/index.ts';
import { decodePixels } from '../../ui/images/index.ts';
import type { OtherVoter } from '../../ui/places/index.ts';

const none: readonly OutsideVoter[] = [];

/** Those that cannot be asked about images that are not frozen are left out. */
export function useVotes(study: string, images: LiveImages | null): OtherVoter[] {
  const api = useApiOf<OutsideCalls>('outside');
  const voters = useQuery(api.voters.queryOptions({ input: { study }, meta: { follows: ['stimuli'] } })).data ?? none;
  const areFrozen = images?.kind === 'pair' || images?.kind === 'image';
  const asked = useMemo(() => voters.filter(({ canPredict }) => canPredict || areFrozen), [voters, areFrozen]);
  const models = asked.map(({ id }) => id);
  const { data, error } = useQuery(
    api.liveVotes.experimental_streamedOptions({
      input: { study, models, images: images ?? { kind: 'image', image: 0 } },
      enabled: images !== null && models.length > 0,
      // Another set has other images under the same numbers.
      meta: areFrozen ? { follows: ['stimuli'] } : { live: 'never' },
      // One that was left before its end, or in which a model failed, is asked for again.
      staleTime: ({ state }) =>
        state.data?.length === models.length && state.data.every(({ type }) => type === 'vote')
          ? Number.POSITIVE_INFINITY
          : 0,
      retry: false,
    }),
  );
  return useMemo(
    () =>
      asked.map((voter) => ({
        key: `outside ${voter.id}`,
        name: voter.name,
        kind: 'outside',
        about: aboutOf(voter),
        answer: answerOf(data?.find(({ id }) => id === voter.id)) ?? (error ? { why: toRefusal(error).what } : null),
      })),
    [asked, data, error],
  );
}

function aboutOf({ title, accuracy }: OutsideVoter): string {
  const right = accuracy === null ? '' : `, ${formatFixed(accuracy, 2)} % of the labeled images it was tried on`;
  return `outside model: ${title}${right}`;
}

function answerOf(part: LivePart | undefined): OtherVoter['answer'] {
  if (part?.type !== 'vote') return part ? { why: part.why } : null;
  const { labels, softmax } = part;
  return { labels, softmax: softmax === null ? null : new Float32Array(decodePixels(softmax).slice().buffer) };
}
