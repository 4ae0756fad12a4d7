import { Text, Box, Stack } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Candidate, StimuliState } from '../../../main/contract/api/stimuli.ts';
import type { AnchorSpec } from '../../../main/contract/stimuli.ts';
import { useApi } from '../../client/context.tsx';
import { ErrorNotice, HelpNote, QueryState } from '../../ui/states.tsx';
import { useAnchorChoice } from './anchor-doubts.tsx';
import { CandidateDetails } from './candidate-details.tsx';
import { CandidateWall, sampleKey } from './candidate-wall.tsx';
import { OwnPoint } from './own-point.tsx';
import type { DraftProps } from './use-draft.ts';
import { formatPercent } from '../../../main/domain/format.ts';
import { useClassFilter } from '../../ui/class-filter.tsx';
import { ClassName } from '../../ui/class-name.tsx';
import { imageAt, PixelImage } from '../../ui/pixel-image.tsx';
import { onePixel, usePixels, usePointPreview } from './use-stimuli.ts';
import { detach } from '../../../main/contract/detach.ts';
import { decodeFloats } from './latent.ts';

/** A candidate as the study file stores it: its index in the study's own search, else its z. */
const toAnchorSpec = ({ index, seed, sample, z }: Candidate): AnchorSpec =>
  index ?? { z: [...decodeFloats(z)], from: { seed, sample } };

/** For each class: its candidates, details of the selected ones, and custom points. */
export function AnchorsPart({ study, state, tools }: DraftProps) {
  const [classIndex, setClass] = useState(0);
  return (
    <div className="stimuli-anchors">
      <ClassList study={study} state={state} chosen={classIndex} onChoose={setClass} />
      <ClassPart key={classIndex} study={study} state={state} tools={tools} classIndex={classIndex} />
    </div>
  );
}

function ClassPart({ study, state, tools, classIndex }: DraftProps & { classIndex: number }) {
  const api = useApi();
  const [current, setCurrent] = useState<Candidate | null>(null);
  const [compared, setCompared] = useState<readonly string[]>([]);
  const answer = useQuery(
    api.stimuli.candidates.queryOptions({ input: { study, classIndex }, placeholderData: keepPreviousData }),
  );
  const pin = useMutation(api.stimuli.pin.mutationOptions());
  const { choose: chooseAnchor, question } = useAnchorChoice(study, state, tools);
  const comparedKeys = useMemo(() => new Set(compared), [compared]);
  if (answer.isError || !answer.data) return <QueryState query={answer} loading="Reading the candidates" lines={10} />;
  const { candidates, images } = answer.data;
  const compare = (candidate: Candidate): void => {
    const key = sampleKey(candidate);
    setCompared((keys) => (keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key].slice(-6)));
  };
  const isPinned = (candidate: Candidate): boolean =>
    state.pinned.some((each) => each.classIndex === classIndex && sampleKey(each) === sampleKey(candidate));
  const togglePin = (candidate: Candidate): void => {
    const { seed, sample } = candidate;
    pin.mutate({ study, classIndex, seed, sample, pinned: !isPinned(candidate) });
  };
  const choose = (candidate: Candidate): void => {
    if (state.locked) return;
    // The reference classifier itself put a candidate of the study's own search into this class.
    if (candidate.index !== null) tools.setAnchor(classIndex, candidate.index);
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

interface ClassListProps {
  study: string;
  state: StimuliState;
  chosen: number;
  onChoose: (classIndex: number) => void;
}

function ClassList({ study, state, chosen, onChoose }: ClassListProps) {
  const { data, isPlaceholderData } = usePointPreview(
    study,
    state,
    state.anchors.flatMap((anchor) => anchor?.z ?? []),
  );
  // Only classes with an anchor have an image.
  const drawn = state.anchors.flatMap((anchor, k) => (anchor ? [k] : []));
  const pixels = usePixels(data?.images.pixels);
  const find = useClassFilter(state.classes);
  // While a new anchor is drawn, what is shown are the last ones.
  const fresh = isPlaceholderData ? null : data?.reference;
  return (
    <Stack component="nav" miw={132} mah={720} gap={2} style={{ overflowY: 'auto' }} aria-label="Classes">
      {find.field}
      {state.classes.map((name, k) => {
        if (!find.isShown(name)) return null;
        const anchor = state.anchors[k];
        const place = drawn.indexOf(k);
        const further = (state.anchorLists[k]?.length ?? 1) - 1;
        const called = fresh?.labels[place] ?? k;
        return (
          <button
            key={name}
            type="button"
            className="stimuli-class"
            aria-current={k === chosen || undefined}
            onClick={() => onChoose(k)}
          >
            <PixelImage
              pixels={
                pixels && data && place >= 0 && place < data.images.count ? imageAt(pixels, data.images, place) : null
              }
              imageSize={data?.images ?? onePixel}
              size={44}
              mat={2}
              label={`Anchor of ${name}`}
            />
            <span className="stimuli-class-name">
              <strong>
                <ClassName name={name} />
              </strong>
              <Box component="span" m={0} c="dimmed" fz="xs">
                {anchor ? anchorWord(anchor) : 'no anchor'}
                {further > 0 && `, ${further} more`}
              </Box>
              {called !== k && (
                <Box
                  component="span"
                  c="var(--warning)"
                  fz="xs"
                  title="The reference classifier calls this anchor another class"
                >
                  called {state.classes[called]}
                </Box>
              )}
            </span>
          </button>
        );
      })}
    </Stack>
  );
}

function anchorWord({ exact, from, confidence, norm }: NonNullable<StimuliState['anchors'][number]>): string {
  if (exact && confidence === null) return norm === null ? `test image ${from?.sample ?? ''}` : 'a sample';
  if (exact) return formatPercent(confidence ?? 0);
  return from ? 'moved' : 'entered';
}
