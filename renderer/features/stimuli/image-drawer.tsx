import { Button, Drawer, Group, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { useApi } from '../../client/context.tsx';
import { RehearsalMark } from '../../ui/words/badges.tsx';
import { className, formatAlpha, formatFixed } from '../../../main/domain/numbers/format.ts';
import { PixelImage } from '../../ui/images/pixel-image.tsx';
import { QueryState, Fact } from '../../ui/parts/states.tsx';
import { Undefined } from '../../ui/words/values.tsx';
import { formatVotes } from '../../ui/words/votes.ts';
import { SwitchField } from '../../ui/fields/fields.tsx';
import { CopyLatent } from '../../stimuli/copy-latent.tsx';
import { decodeFloats } from '../../stimuli/latent.ts';
import { useOtherVotes } from '../../stimuli/points.ts';
import { VoteTable, decodeVote } from '../../stimuli/vote-table.tsx';

interface ImageDrawerProps {
  study: string;
  state: StimuliState;
  /** Image number; null: closed. */
  image: number | null;
  onImage: (image: number | null) => void;
  /** Ids of the images in order; absent: they are counted from 0. */
  ids?: readonly number[];
}

/** One stimulus: the image, its pair and alpha, and all labels. */
export function ImageDrawer({ study, state, image, onImage, ids }: ImageDrawerProps) {
  return (
    <Drawer
      opened={image !== null}
      onClose={() => onImage(null)}
      title={`Image ${image ?? ''}`}
      size={480}
      closeButtonProps={{ 'aria-label': 'Close the image' }}
    >
      {image !== null && <Content study={study} state={state} image={image} onImage={onImage} {...(ids && { ids })} />}
    </Drawer>
  );
}

function Content({ study, state, image, onImage, ids }: ImageDrawerProps & { image: number }) {
  const api = useApi();
  const [smooth, setSmooth] = useState(false);
  const [small, setSmall] = useState(false);
  const answer = useQuery(
    api.stimuli.image.queryOptions({ input: { study, image }, placeholderData: keepPreviousData, retry: false }),
  );
  const others = useOtherVotes(study, answer.data ? { kind: 'image', image: answer.data.image } : null);
  if (answer.isError || !answer.data) return <QueryState query={answer} loading="Drawing the image" />;
  const { pair, alpha, truth, z, norm, original, model, hash, votes, people, simulated, frozen } = answer.data;
  const shown = small && model ? model : original;
  const place = ids?.indexOf(image) ?? image;
  const previous = place > 0 ? (ids ? ids[place - 1] : image - 1) : undefined;
  const next = ids ? ids[place + 1] : image + 1;
  const names = pair?.map((k) => className(state.classes, k));
  const trueClass = truth === null ? null : className(state.classes, truth);
  const ofClass = trueClass === null ? '' : `, ${trueClass}`;
  return (
    <Stack align="flex-start">
      <PixelImage
        pixels={shown.pixels}
        imageSize={shown}
        size={384}
        smooth={smooth}
        label={names ? `${names[0]} to ${names[1]}, alpha ${formatAlpha(alpha ?? 0)}` : `Image ${image}${ofClass}`}
      />
      <Group gap="md">
        <SwitchField label="Smooth" checked={smooth} onChange={setSmooth} />
        {model && (
          <SwitchField
            label={`As models see it (${model.width} × ${model.height})`}
            checked={small}
            onChange={setSmall}
          />
        )}
      </Group>
      <dl className="facts">
        {names && (
          <>
            <Fact name="Pair">
              {names[0]} to {names[1]}
            </Fact>
            <Fact name="Alpha">{formatFixed(alpha ?? 0, 3)}</Fact>
          </>
        )}
        {trueClass !== null && <Fact name="True class">{trueClass}</Fact>}
        {names && state.source !== 'blended' && (
          <Fact name="|z|">
            {norm === null ? <Undefined reason="It was imported without z" /> : formatFixed(norm, 3)}
          </Fact>
        )}
        <Fact name="State">{frozen ? 'frozen' : 'draft, not stored'}</Fact>
        {hash !== null && (
          <Fact name="Pixels">
            <code>{hash.slice(0, 16)}</code>
          </Fact>
        )}
        <Fact name="People">
          {people ? formatVotes(people, state.classes) : 'no labels yet'} {simulated && <RehearsalMark />}
        </Fact>
      </dl>
      <Group gap="xs">
        <Button disabled={previous === undefined} onClick={() => onImage(previous ?? image)}>
          Previous
        </Button>
        <Button disabled={next === undefined} onClick={() => onImage(next ?? image)}>
          Next
        </Button>
        {z !== null && <CopyLatent z={decodeFloats(z)} />}
      </Group>
      <VoteTable
        voters={state.voters}
        votes={votes.map(decodeVote)}
        image={0}
        names={state.classes}
        shown={pair ?? []}
        others={others}
      />
    </Stack>
  );
}
