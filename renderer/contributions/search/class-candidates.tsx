import { Stack, Text } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { detach } from '../../../main/contract/wire/index.ts';
import type { AnchorSpec } from '../../../main/contract/stimuli/index.ts';
import type { SearchCalls } from '../../../main/contributions/search/calls.ts';
import type { Candidate } from '../../../main/contributions/search/contract.ts';
import { useApiOf } from '../../client/index.ts';
import { decodeFloats } from '../../stimuli/index.ts';
import type { Places } from '../../ui/places/index.ts';
import { ErrorNotice, HelpNote, QueryState } from '../../ui/parts/index.ts';
import { useAnchorChoice } from './anchor-choice.tsx';
import { CandidateDetails } from './candidate-details.tsx';
import { CandidateWall, sampleKey } from './candidate-wall.tsx';
import { OwnPoint } from './own-point.tsx';
import './search.css';

/** A candidate as the study file stores it: its index in the study's own search, else its z. */
const toAnchorSpec = ({ index, seed, sample, z }: Candidate): AnchorSpec =>
  index ?? { z: [...decodeFloats(z)], from: { seed, sample } };

/** For one class: its candidates, details of the selected ones, and custom points. */
export function ClassCandidates({ study, state, classIndex, setAnchor }: Places['stimuli.anchors']) {
  const api = useApiOf<SearchCalls>('search');
  const [current, setCurrent] = useState<Candidate | null>(null);
  const [compared, setCompared] = useState<readonly string[]>([]);
  const answer = useQuery(
    api.candidates.queryOptions({
      input: { study, classIndex },
      placeholderData: keepPreviousData,
      meta: { follows: ['stimuli'] },
    }),
  );
  const pin = useMutation(api.pin.mutationOptions());
  const { choose: chooseAnchor, question } = useAnchorChoice(study, state, setAnchor);
  const comparedKeys = useMemo(() => new Set(compared), [compared]);
  if (answer.isError || !answer.data) return <QueryState query={answer} loading="Reading the candidates" lines={10} />;
  const { candidates, images, pinned } = answer.data;
  const compare = (candidate: Candidate): void => {
    const key = sampleKey(candidate);
    setCompared((keys) => (keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key].slice(-6)));
  };
  const isPinned = (candidate: Candidate): boolean => pinned.some((each) => sampleKey(each) === sampleKey(candidate));
  const togglePin = (candidate: Candidate): void => {
    const { seed, sample } = candidate;
    pin.mutate({ study, classIndex, seed, sample, pinned: !isPinned(candidate) });
  };
  const choose = (candidate: Candidate): void => {
    if (state.locked) return;
    // The reference classifier itself put a candidate of the study's own search into this class.
    if (candidate.index !== null) setAnchor(classIndex, candidate.index);
    else detach(chooseAnchor(classIndex, toAnchorSpec(candidate), candidate.z));
  };
  return (
    <>
      <Stack miw={0}>
        <CandidateWall
          study={study}
          state={state}
          classIndex={classIndex}
          candidates={candidates}
          images={images}
          pinned={pinned}
          compared={comparedKeys}
          onCurrent={setCurrent}
          onCompare={compare}
          onChoose={choose}
          onPin={togglePin}
        />
        {pin.isError && <ErrorNotice error={pin.error} />}
        {state.source === 'generated' ? (
          <OwnPoint study={study} state={state} classIndex={classIndex} start={current} onChoose={chooseAnchor} />
        ) : (
          <HelpNote>
            Anchors are images of the test part. No network trains on this part, but accuracy on it decides when
            networks stop. Images between two anchors are blends.
          </HelpNote>
        )}
        {question}
      </Stack>
      <Stack component="aside" className="stimuli-details" aria-label="Details">
        <CandidateDetails
          state={state}
          classIndex={classIndex}
          candidates={candidates}
          images={images}
          current={current}
          compared={compared}
          onChoose={choose}
          onRemove={compare}
        />
        {current === null && compared.length === 0 && (
          <Text size="sm" c="dimmed">
            Click an image to see it beside the anchor. You can compare up to six.
          </Text>
        )}
      </Stack>
    </>
  );
}
