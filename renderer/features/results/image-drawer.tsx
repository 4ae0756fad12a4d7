import { Button, CopyButton, Drawer, Group, Switch, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImageDetail } from '../../../main/contract/api/results-image.ts';
import { useApi } from '../../client/context.tsx';
import { ArchitectureMark, RehearsalMark, TypeBadge } from '../../ui/words/badges.tsx';
import { ClassName } from '../../ui/words/class-name.tsx';
import { className, formatCompact, formatFixed } from '../../../main/domain/numbers/format.ts';
import { whyNotOfKind } from '../../../main/domain/results/response-kinds.ts';
import { capitalize, usePeople } from '../../ui/words/rehearsal.tsx';
import { ErrorNotice, QueryState, HelpNote } from '../../ui/parts/states.tsx';
import { formatVotes } from '../../ui/words/votes.ts';
import { Undefined } from '../../ui/words/values.tsx';
import { groupText, useParameters } from '../../results/address.ts';
import { ImagePredictions } from './image-predictions.tsx';
import { imageName } from './map-grid.tsx';
import { type DesignedGroup, useChoice } from '../../results/choice.tsx';
import { PixelImage } from '../../ui/images/pixel-image.tsx';
import { usePictures } from '../../ui/images/use-pictures.ts';
import './results.css';
import { targetTitle } from '../../../main/domain/numbers/targets.ts';
import { PlainTable } from '../../ui/tables/plain-table.tsx';

/** Everything known about one stimulus (`?image=7`). Escape closes it. */
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
      closeButtonProps={{ 'aria-label': 'Close the image' }}
    >
      {id === null ? text !== null && <ErrorNotice error={noSuchImage} /> : <Content id={id} />}
    </Drawer>
  );
}

const noSuchImage = {
  data: { what: 'There is no such image', where: 'the address', remedy: 'Choose an image on this page.' },
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
  if (answer.isError || !answer.data) return <QueryState query={answer} loading="Reading the image" />;
  return <Details image={answer.data} />;
}

function Details({ image }: { image: ImageDetail }) {
  const { overview } = useChoice();
  const [, change] = useParameters();
  const people = usePeople();
  const [smooth, setSmooth] = useState(false);
  const name = (k: number): string => className(overview.classes, k);
  const at = image.strip.findIndex(({ id }) => id === image.id);
  const beside = (step: number): number | undefined => image.strip[at + step]?.id;
  const go = (id: number | undefined) => ({
    disabled: id === undefined,
    onClick: () => id !== undefined && change({ image: String(id) }, true),
  });
  const pair = image.i === null || image.j === null ? null : `${name(image.i)} to ${name(image.j)}`;
  const label = imageName(image, overview.classes);
  return (
    <Stack className="image-details" gap={14} align="flex-start">
      <ImageLarge image={image.id} smooth={smooth} label={label} />
      <Group gap="md">
        <Switch label="Smooth" checked={smooth} onChange={(event) => setSmooth(event.currentTarget.checked)} />
        {pair !== null && (
          <>
            <Button {...go(beside(-1))}>Smaller alpha</Button>
            <Button {...go(beside(1))}>Larger alpha</Button>
          </>
        )}
        {image.z && (
          <CopyButton value={JSON.stringify(image.z)}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy z'}</Button>}
          </CopyButton>
        )}
      </Group>
      <dl className="facts">
        {pair !== null && image.alpha !== null && (
          <>
            <dt>Pair</dt>
            <dd>{pair}</dd>
            <dt>Alpha</dt>
            <dd>{formatFixed(image.alpha, 3)}</dd>
          </>
        )}
        {image.truth !== null && (
          <>
            <dt>True class</dt>
            <dd>{name(image.truth)}</dd>
          </>
        )}
        {pair !== null && overview.source !== 'blended' && (
          <>
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
                <Undefined reason="The image was imported without z." />
              )}
            </dd>
          </>
        )}
        <dt>{capitalize(people)}</dt>
        <dd>
          {formatVotes(image.people, overview.classes)} {image.rehearsal && <RehearsalMark />}
        </dd>
        <dt>Certainty</dt>
        <dd>
          {image.certainty === null ? (
            <Undefined reason={whyNotOfKind(image.response, 'shares') ?? 'Nobody has labeled this image.'} />
          ) : (
            `${formatFixed(image.certainty, 0)} %`
          )}
          {image.entropy !== null && `, entropy ${formatFixed(image.entropy, 2)} bits`}
        </dd>
      </dl>
      <ImageGroups image={image} />
      <ImageLabels image={image} />
      <ImagePredictions image={image} />
    </Stack>
  );
}

type Row = ImageDetail['groups'][number];

/** Type of the image in each group: one row per target, and one for all repeats of a seed group. */
function ImageGroups({ image: { groups } }: { image: ImageDetail }) {
  if (groups.length === 0) return null;
  const alone = groups.filter(({ kind }) => kind !== 'seeds');
  const cells = new Map<string, Row[]>();
  for (const group of groups.filter(({ kind }) => kind === 'seeds')) {
    const cell = `${group.architecture} ${targetTitle(group.target ?? '')}`;
    cells.set(cell, [...(cells.get(cell) ?? []), group]);
  }
  const sorted = [...cells].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return (
    <section aria-labelledby="image-groups">
      <h3 id="image-groups">Type in each group</h3>
      {alone.length > 0 && <DiverseTable groups={alone} />}
      {sorted.length > 0 && (
        <PlainTable
          className="seed-types"
          rows={sorted}
          rowKey={([cell]) => cell}
          columns={[
            {
              title: 'Seeds',
              cell: ([cell]) => <ArchitectureMark kind={cell.split(' ')[0] ?? ''}>{cell}</ArchitectureMark>,
            },
            {
              title: 'Type in each repeat',
              cell: ([, repeats]) =>
                [...repeats]
                  .sort((a, b) => (a.repeat ?? 0) - (b.repeat ?? 0))
                  .map((group) => <SeedType key={group.repeat} group={group} />),
            },
          ]}
        />
      )}
    </section>
  );
}

function DiverseTable({ groups }: { groups: readonly Row[] }) {
  const { overview } = useChoice();
  return (
    <PlainTable
      rows={groups}
      rowKey={({ title }) => title}
      columns={[
        { title: 'Group', cell: ({ title }) => title },
        {
          title: 'Type',
          cell: ({ type, exception }) => (
            <>
              {type ? <TypeBadge type={type} exception={exception} /> : <Undefined reason={noType} />}
              {exception && ' exception'}
            </>
          ),
        },
        { title: 'Votes', cell: ({ votes }) => formatVotes(votes, overview.classes) },
        {
          title: 'Divergence (bits)',
          numeric: true,
          cell: (group) =>
            group.divergence === null ? (
              <Undefined reason={whyNoDivergence(group, overview.response)} />
            ) : (
              formatFixed(group.divergence, 3)
            ),
        },
      ]}
    />
  );
}

const whyNoDivergence = ({ kind }: Row, response: ImageDetail['response']): string =>
  whyNotOfKind(response, 'shares') ??
  (kind === 'outside'
    ? 'Nobody has labeled this image, or the softmax of a model is not known.'
    : 'Nobody has labeled this image.');

const noType = 'The image has fewer than two labels, or the group fewer than two networks.';

/** A button that chooses the group; its title gives votes and divergence. */
function SeedType({ group }: { group: Row }) {
  const { overview } = useChoice();
  const [, change] = useParameters();
  const { title, type, exception, votes, divergence, architecture, target, repeat } = group;
  if (architecture === null || repeat === null || target === null) return null;
  const own: DesignedGroup = { kind: 'seeds', architecture, target, repeat };
  const words = [
    ...[`${title}: ${formatVotes(votes, overview.classes)}`],
    ...(exception ? ['exception'] : []),
    ...(divergence === null ? [] : [`divergence ${formatFixed(divergence, 3)} bits`]),
  ].join('; ');
  return (
    <button type="button" className="seed-type" title={words} onClick={() => change({ group: groupText(own) }, true)}>
      <span className="sr">{words}; choose this group. </span>
      {type ? <TypeBadge type={type} exception={exception} /> : <span>?</span>}
      {exception && '!'}
      <small aria-hidden="true">{repeat}</small>
    </button>
  );
}

interface ImageLargeProps {
  image: number;
  smooth: boolean;
  /** Accessible name. */
  label: string;
}

/** CSS pixels: alone, and beside another. */
const [alone, beside] = [280, 240];

/** A large stimulus: as people see it and as networks see it, if the two differ. */
function ImageLarge({ image, smooth, label }: ImageLargeProps) {
  const api = useApi();
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const people = usePeople();
  const { data } = useQuery(
    api.results.picture.queryOptions({ input: { study, image }, staleTime: Number.POSITIVE_INFINITY }),
  );
  const seen = data?.seen ?? null;
  const { imageSize } = pictures;
  const model = (
    <PixelImage
      pixels={pictures.imagePixels(image)}
      imageSize={imageSize}
      smooth={smooth}
      size={seen ? beside : alone}
      label={seen ? `${label}, as networks see it` : label}
    />
  );
  if (!seen) return model;
  return (
    <Group className="image-large" align="stretch">
      <figure>
        <PixelImage
          pixels={seen.pixels}
          imageSize={seen}
          size={beside}
          smooth={smooth}
          label={`${label}, as ${people} see it`}
        />
        <figcaption>
          {capitalize(people)}: {seen.width} × {seen.height}
        </figcaption>
      </figure>
      <figure>
        {model}
        <figcaption>
          Networks: {imageSize.width} × {imageSize.height}
        </figcaption>
      </figure>
    </Group>
  );
}

/** Rows of a table that are shown. */
const most = 1000;

type Answer = ImageDetail['labels'][number]['earlier'][number];

const insteadWords = {
  'cannot-tell': 'can’t tell',
  timeout: 'ran out of time',
  blank: 'left blank',
  none: 'not labeled yet',
} as const;

/** Before a time that is not the moment of labeling. */
const howWords = { given: '', entered: 'entered on', imported: 'imported on', simulated: 'simulated on' } as const;

/** Every label, with its time and the labels that it replaced. */
function ImageLabels({ image: { labels } }: { image: ImageDetail }) {
  const { overview } = useChoice();
  if (overview.counted) return null;
  const nameOf = (label: number): string => className(overview.classes, label);
  const answerText = ({ label, instead }: Answer): string =>
    label === null ? insteadWords[instead ?? 'none'] : nameOf(label);
  const namedText = ({ named, ...given }: ImageDetail['labels'][number]): string =>
    named
      ?.map(({ label, rating }) => (rating === null ? nameOf(label) : `${nameOf(label)}: ${formatCompact(rating)}`))
      .join(', ') ?? answerText(given);
  const answers = labels.filter(({ label, named }) => label !== null || named !== null);
  return (
    <section aria-labelledby="image-labels">
      <h3 id="image-labels">
        Labels <span className="soft">n = {answers.length}</span>
      </h3>
      <PlainTable
        className="image-labels"
        rows={labels.slice(0, most)}
        rowKey={({ labelerId }) => labelerId}
        columns={[
          {
            title: 'Labeler',
            cell: ({ pseudonym, simulated }) => (
              <>
                {pseudonym}
                {simulated && <span className="soft"> simulated</span>}
              </>
            ),
          },
          {
            title: 'Label',
            cell: (given) => (
              <span className={given.label === null && given.named === null ? 'soft' : ''}>
                <ClassName name={namedText(given)} width={110} />
              </span>
            ),
          },
          { title: 'When', cell: (given) => <When given={given} /> },
          {
            title: 'Response time',
            numeric: true,
            cell: ({ responseMs }) => responseMs !== null && `${formatFixed(responseMs / 1000, 2)} s`,
          },
          {
            title: 'Earlier',
            cell: ({ earlier }) => (
              <span title={earlier.map(formatTime).join(', ')}>{earlier.map(answerText).join(', ')}</span>
            ),
          },
        ]}
      />
      {labels.length > most && (
        <HelpNote>
          The first {most} of {labels.length} labelers are shown.
        </HelpNote>
      )}
    </section>
  );
}

const formatTime = ({ at }: Answer): string => (at === null ? 'time unknown' : new Date(at).toLocaleString());

/** Time of labeling, or of import for labels from files. */
function When({ given: { at, how } }: { given: ImageDetail['labels'][number] }) {
  if (at === null) return null;
  return (
    <>
      {howWords[how]} <time dateTime={at}>{new Date(at).toLocaleString()}</time>
    </>
  );
}
