import { Group } from '@mantine/core';
import { className, formatCount } from '../../../main/domain/numbers/format.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { typeNames } from '../../../main/contract/results/exhibit.ts';
import { useApi } from '../../client/context.tsx';
import { TextButton } from '../../ui/parts/buttons.tsx';
import { capitalize, usePeople } from '../../ui/words/rehearsal.tsx';
import { QueryResult } from '../../results/notes.tsx';
import { useOpenImages } from '../../results/address.ts';
import { useChoice, useView } from '../../results/choice.tsx';
import { PartFigures, PartInOrder, SectionTables, useTables } from '../../results/section-tables.tsx';
import { typeName } from '../../../main/domain/stimuli/image-types.ts';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { TypeBadge } from '../../ui/words/badges.tsx';
import { formatVotes } from '../../ui/words/votes.ts';
import { type DataColumn, DataTable } from '../../ui/table/data-table.tsx';

/** Table 4, distributions of the largest softmax by type, what contributions add, and each image. */
export function SoftmaxView() {
  const api = useApi();
  const input = useView();
  const tables = useTables('softmax');
  const images = useQuery(api.results.images.queryOptions({ input, placeholderData: keepPreviousData }));
  return (
    <>
      <SectionTables query={tables} only={['table-4']} />
      <PartFigures query={tables} only={['softmax-by-type']} />
      {images.data && <ImagesByType rows={images.data.rows} />}
      <PartInOrder query={tables} below={['table-4', 'softmax-by-type']} height={320} />
      <QueryResult query={images}>{(data) => <PerImageSoftmax rows={data.rows} models={data.models} />}</QueryResult>
    </>
  );
}

/** Opens the images of each type. */
function ImagesByType({ rows }: { rows: readonly ImageRow[] }) {
  const open = useOpenImages();
  const people = usePeople();
  const types = typeNames.flatMap((type) => {
    const images = rows.flatMap((row) => (row.type === type ? [row.id] : []));
    return images.length === 0 ? [] : [{ name: typeName(type, people), images }];
  });
  if (types.length === 0) return null;
  return (
    <Group component="p" gap="4px 14px" align="stretch">
      Images:{' '}
      {types.map(({ name, images }) => (
        <TextButton key={name} onClick={() => open.images(images, name)}>
          {name} ({images.length})
        </TextButton>
      ))}
    </Group>
  );
}

/** Every image with labels, votes, softmax and entropies. */
function PerImageSoftmax({ rows, models }: { rows: readonly ImageRow[]; models: number }) {
  const { overview } = useChoice();
  const open = useOpenImages();
  const people = usePeople();
  const columns = useMemo(() => imageColumns(rows, overview.classes, people), [rows, overview.classes, people]);
  return (
    <section className="results-section" aria-labelledby="each-image">
      <h2 id="each-image">
        Each image <span className="soft">n = {formatCount(models, 'network')}; press Enter to open an image</span>
      </h2>
      <DataTable
        id="results: images"
        label="Each image"
        rows={rows}
        columns={columns}
        rowId={({ id }) => String(id)}
        onOpen={({ id }) => open.image(id)}
        height={420}
      />
    </section>
  );
}

function imageColumns(rows: readonly ImageRow[], classes: readonly string[], labelers: string): DataColumn<ImageRow>[] {
  const name = (k: number | null): string => (k === null ? '–' : className(classes, k));
  const pairName = ({ i, j }: ImageRow): string => `${name(i)} – ${name(j)}`;
  const number = (
    id: string,
    title: string,
    value: (row: ImageRow) => number | null,
    decimals: number,
    width = Math.max(90, 40 + 7 * title.length),
  ) => ({
    id,
    title,
    value,
    numeric: true,
    width,
    cell: (row: ImageRow) => value(row)?.toFixed(decimals) ?? '–',
  });
  return [
    { id: 'id', title: 'Image', value: ({ id }) => id, numeric: true, width: 70 },
    ...(rows.some(({ i }) => i !== null)
      ? [
          ...[{ id: 'pair', title: 'Pair', value: pairName, groupable: true, width: 190 }],
          number('alpha', 'Alpha', ({ alpha }) => alpha, 2, 80),
        ]
      : []),
    ...(rows.some(({ truth }) => truth !== null)
      ? [{ id: 'truth', title: 'True class', value: ({ truth }: ImageRow) => name(truth), groupable: true, width: 130 }]
      : []),
    {
      id: 'type',
      title: 'Type',
      width: 70,
      groupable: true,
      value: ({ type }) => (type ? typeName(type, labelers) : null),
      cell: ({ type, exception }) => (type ? <TypeBadge type={type} exception={exception} /> : '–'),
    },
    { id: 'people', title: capitalize(labelers), value: ({ people }) => formatVotes(people, classes), width: 180 },
    { id: 'votes', title: 'Networks', value: ({ votes }) => formatVotes(votes, classes), width: 180 },
    number('softmax', 'Mean largest softmax', ({ meanMaxSoftmax }) => meanMaxSoftmax, 3),
    number('people-h', `Entropy, ${labelers} (bits)`, ({ peopleEntropy }) => peopleEntropy, 2),
    number('votes-h', 'Entropy, votes (bits)', ({ votesEntropy }) => votesEntropy, 2),
    number('softmax-h', 'Entropy, softmax (bits)', ({ predictiveEntropy }) => predictiveEntropy, 2),
    number('epistemic', 'Uncertainty between networks (bits)', ({ epistemic }) => epistemic, 3),
    number('js', `Divergence from ${labelers} (bits)`, ({ divergence }) => divergence, 3),
  ];
}
