import { Button, CopyButton, Drawer, Group, Switch } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImageDetail } from '../../../main/contract/api/results-compare.ts';
import { useApi } from '../../client/context.tsx';
import { RehearsalMark } from '../../ui/badges.tsx';
import { formatAlpha, formatFixed } from '../../../main/domain/format.ts';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { Loading, ErrorNotice } from '../../ui/states.tsx';
import { formatVotes } from '../../ui/votes.ts';
import { Undefined } from '../../ui/values.tsx';
import { useParameters } from './address.ts';
import { useChoice } from './choice.tsx';
import { ImageGroups } from './image-groups.tsx';
import { ImageLarge } from './image-large.tsx';
import { ImageLabels, ImagePredictions } from './image-tables.tsx';

/** All about one stimulus (`?image=7`); Escape leads back. */
export function ImageDrawer() {
  const [parameters, change] = useParameters();
  const text = parameters.get('image');
  const isRunOpen = parameters.get('run') !== null;
  const id = text !== null && /^\d{1,7}$/.test(text) ? Number(text) : null;
  return (
    <Drawer
      opened={text !== null && !isRunOpen}
      onClose={() => change({ image: null })}
      title={`Image ${text ?? ''}`}
      size={560}
      overlayProps={{ backgroundOpacity: 0.3 }}
      closeButtonProps={{ 'aria-label': 'Close the image' }}
    >
      {id === null ? text !== null && <ErrorNotice error={noSuchImage} /> : <Content id={id} />}
    </Drawer>
  );
}

const noSuchImage = {
  data: { what: 'There is no such image', where: 'the address', remedy: 'Choose an image on the screen.' },
};

function Content({ id }: { id: number }) {
  const api = useApi();
  const { study, labelers } = useChoice();
  const answer = useQuery(
    api.results.image.queryOptions({
      input: { study, labelers, image: id },
      placeholderData: keepPreviousData,
      retry: false,
    }),
  );
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Loading label="Reading the image" />;
  return <Details image={answer.data} />;
}

function Details({ image }: { image: ImageDetail }) {
  const { overview } = useChoice();
  const [, change] = useParameters();
  const people = usePeople();
  const [smooth, setSmooth] = useState(false);
  const name = (k: number): string => overview.classes[k] ?? String(k);
  const at = image.strip.findIndex(({ id }) => id === image.id);
  const beside = (step: number): number | undefined => image.strip[at + step]?.id;
  const go = (id: number | undefined) => ({
    disabled: id === undefined,
    onClick: () => id !== undefined && change({ image: String(id) }, true),
  });
  const label = `${name(image.i)} to ${name(image.j)}, alpha ${formatAlpha(image.alpha)}`;
  return (
    <div className="image-details">
      <ImageLarge {...{ image: image.id, smooth, label }} />
      <Group gap="md">
        <Switch label="Smooth" checked={smooth} onChange={(event) => setSmooth(event.currentTarget.checked)} />
        <Button variant="default" {...go(beside(-1))}>
          Smaller alpha
        </Button>
        <Button variant="default" {...go(beside(1))}>
          Larger alpha
        </Button>
        {image.z && (
          <CopyButton value={JSON.stringify(image.z)}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy z'}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
      <dl className="image-facts">
        <dt>Pair</dt>
        <dd>
          {name(image.i)} to {name(image.j)}
        </dd>
        <dt>Alpha</dt>
        <dd>{formatFixed(image.alpha, 3)}</dd>
        <dt>z</dt>
        <dd>
          {image.z ? (
            <code title={image.z.map((value) => value.toFixed(4)).join(', ')}>
              {image.z
                .slice(0, 4)
                .map((value) => value.toFixed(3))
                .join(', ')}{' '}
              … ({image.z.length} numbers, norm {formatFixed(Math.hypot(...image.z), 3)})
            </code>
          ) : (
            <Undefined reason="it was imported without z" />
          )}
        </dd>
        <dt>{capitalize(people)}</dt>
        <dd>
          {formatVotes(image.people, overview.classes)} {image.rehearsal && <RehearsalMark />}
        </dd>
        <dt>Certainty</dt>
        <dd>
          {image.certainty === null ? (
            <Undefined reason="nobody has labelled it" />
          ) : (
            `${formatFixed(image.certainty, 0)} %`
          )}
          {image.entropy !== null && `, entropy ${formatFixed(image.entropy, 2)} bits`}
        </dd>
      </dl>
      <ImageGroups image={image} />
      <ImageLabels image={image} />
      <ImagePredictions image={image} />
    </div>
  );
}
