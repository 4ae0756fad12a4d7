import { Text, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { StimuliState } from '../../main/contract/api/stimuli.ts';
import { formatPercent } from '../../main/domain/numbers/format.ts';
import { useApi } from '../client/context.tsx';
import { ErrorNotice } from '../ui/parts/states.tsx';
import { requestedModels } from '../stimuli/points.ts';
import { decodeVote, softmaxAt } from './vote-table.tsx';

/** An anchor that the reference classifier takes for another class than its own. */
export interface AnchorDoubt {
  classIndex: number;
  /** Among the anchors of its class, from 0. */
  index: number;
  called: number;
  /** Softmax of that class, 0 to 1. */
  share: number;
}

interface Point {
  classIndex: number;
  index: number;
  /** As base64. */
  z: string;
}

/** Points per request: `maxPreviewImages` of the contract is larger, but one answer must not take long. */
const atOnce = 200;

/** Returns a function that asks the reference classifier about points; without one, nothing is in doubt. */
export function useReferenceCheck(study: string, state: StimuliState): (points: Point[]) => Promise<AnchorDoubt[]> {
  const api = useApi();
  const queries = useQueryClient();
  const { generator } = requestedModels(state);
  const classes = state.classes.length;
  const askAbout = async (points: readonly Point[]): Promise<AnchorDoubt[]> => {
    const z = points.map((point) => point.z);
    const { reference } = await queries.fetchQuery({
      ...api.stimuli.preview.queryOptions({ input: { study, z, generator, voters: [] }, meta: { live: 'never' } }),
      staleTime: Number.POSITIVE_INFINITY,
    });
    if (!reference) return [];
    const vote = decodeVote(reference);
    return points.flatMap(({ classIndex, index }, n) => {
      const called = vote.labels[n] ?? classIndex;
      return called === classIndex ? [] : [{ classIndex, index, called, share: softmaxAt(vote, n, called, classes) }];
    });
  };
  return async (points) => {
    if (generator === '') return [];
    const doubts: AnchorDoubt[] = [];
    for (let from = 0; from < points.length; from += atOnce) {
      doubts.push(...(await askAbout(points.slice(from, from + atOnce))));
    }
    return doubts;
  };
}

/** All anchors of the draft. */
export const anchorPoints = ({ anchorLists }: StimuliState): Point[] =>
  anchorLists.flatMap((list, classIndex) => list.map(({ z }, index) => ({ classIndex, index, z })));

/** `Anchor of 3: called 7 (92 %)`, for each. */
export function DoubtList({ state, doubts }: { state: StimuliState; doubts: readonly AnchorDoubt[] }) {
  return (
    <Stack component="ul" pl={20} gap="xs">
      {doubts.map(({ classIndex, index, called, share }) => (
        <li key={`${classIndex}-${index}`}>
          Anchor {(state.anchorLists[classIndex]?.length ?? 1) > 1 ? `${index + 1} ` : ''}of {state.classes[classIndex]}
          : called {state.classes[called]} ({formatPercent(share)})
        </li>
      ))}
    </Stack>
  );
}

/** Why the question is asked; the same at the choice and before freezing. */
export const doubtNote =
  'Images of its pairs then begin at an image that a network takes for another class. Flip points and shares of disagreement of these pairs would say little about the two classes.';

/** Why nobody knows whether anchors are in doubt. */
export function CheckFailed({ error }: { error: unknown }) {
  return (
    <>
      <Text>
        The check with the reference classifier failed, so it is not known whether it takes an anchor for another class.
      </Text>
      <ErrorNotice error={error} />
    </>
  );
}
