import { useMemo } from 'react';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { TypeBadge } from '../../ui/badges.tsx';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { formatVotes } from '../../ui/votes.ts';
import { DataTable, type DataColumn } from '../../ui/table/data-table.tsx';
import { useOpenImages } from './address.ts';
import { useChoice } from './choice.tsx';
import { typeName } from './type-names.ts';

/** Every image: what was said of it and how surely. */
export function PerImageSoftmax({ rows, models }: { rows: readonly ImageRow[]; models: number }) {
  const { overview } = useChoice();
  const open = useOpenImages();
  const people = usePeople();
  const columns = useMemo(() => columnsOf(overview.classes, people), [overview.classes, people]);
  return (
    <section className="results-section" aria-labelledby="each-image">
      <h2 id="each-image">
        Each image <span className="soft">n = {models} networks; Enter opens one</span>
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

function columnsOf(classes: readonly string[], whose: string): DataColumn<ImageRow>[] {
  const name = (k: number): string => classes[k] ?? String(k);
  const number = (
    id: string,
    title: string,
    value: (row: ImageRow) => number | null,
    decimals: number,
    width = 190,
  ) => ({
    ...{ id, title, value, numeric: true, width },
    cell: (row: ImageRow) => value(row)?.toFixed(decimals) ?? '–',
  });
  return [
    { id: 'id', title: 'Image', value: ({ id }) => id, numeric: true, width: 70 },
    { id: 'pair', title: 'Pair', value: ({ i, j }) => `${name(i)} – ${name(j)}`, groupable: true, width: 120 },
    number('alpha', 'Alpha', ({ alpha }) => alpha, 2, 80),
    {
      id: 'type',
      title: 'Type',
      width: 70,
      groupable: true,
      value: ({ type }) => (type ? typeName(type, whose) : null),
      cell: ({ type, exception }) => (type ? <TypeBadge type={type} exception={exception} /> : '–'),
    },
    { id: 'people', title: capitalize(whose), value: ({ people }) => formatVotes(people, classes), width: 180 },
    { id: 'votes', title: 'Networks', value: ({ votes }) => formatVotes(votes, classes), width: 180 },
    number('softmax', 'Mean largest softmax', ({ meanMaxSoftmax }) => meanMaxSoftmax, 3),
    number('people-h', `Entropy, ${whose} (bits)`, ({ peopleEntropy }) => peopleEntropy, 2),
    number('votes-h', 'Entropy, votes (bits)', ({ votesEntropy }) => votesEntropy, 2),
    number('softmax-h', 'Entropy, softmax (bits)', ({ predictiveEntropy }) => predictiveEntropy, 2),
    number('epistemic', 'Between networks (bits)', ({ epistemic }) => epistemic, 3),
    number('js', `Divergence from ${whose} (bits)`, ({ divergence }) => divergence, 3),
  ];
}
