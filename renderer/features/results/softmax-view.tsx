import { Group } from '@mantine/core';
import { formatCount } from '../../../main/domain/format.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { CalibrationResult, SoftmaxResult } from '../../../main/contract/api/results-charts.ts';
import { useApi } from '../../client/context.tsx';
import { FigureView } from '../../charts/figure.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { QueryResult } from './notes.tsx';
import { useOpenImages } from './address.ts';
import { useChoice, useOpenMark, useSample, useView } from './choice.tsx';
import { SectionTables, useTables } from './section-tables.tsx';
import { typeName } from '../../../main/domain/image-types.ts';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { TypeBadge } from '../../ui/badges.tsx';
import { formatVotes } from '../../ui/votes.ts';
import { type DataColumn, DataTable } from '../../ui/table/data-table.tsx';

/** Table 4, distributions of the largest softmax by type, calibration, and each image. */
export function SoftmaxView() {
  const api = useApi();
  const input = useView();
  const options = { input, placeholderData: keepPreviousData };
  const tables = useTables('softmax');
  const softmax = useQuery(api.results.softmax.queryOptions(options));
  const calibration = useQuery(api.results.calibration.queryOptions(options));
  const images = useQuery(api.results.images.queryOptions(options));
  return (
    <>
      <SectionTables query={tables} only={['table-4']} />
      <QueryResult query={softmax}>{(data) => <Distributions softmax={data} />}</QueryResult>
      <SectionTables query={tables} only={['softmax-quartiles']} />
      <QueryResult query={calibration}>{(data) => <Calibration calibration={data} />}</QueryResult>
      <SectionTables query={tables} except={['table-4', 'softmax-quartiles']} />
      <QueryResult query={images}>{(data) => <PerImageSoftmax rows={data.rows} models={data.models} />}</QueryResult>
    </>
  );
}

function Distributions({ softmax }: { softmax: SoftmaxResult }) {
  const { types, figure, undefined: none } = softmax;
  const sample = useSample('chosen');
  const open = useOpenImages();
  const openMark = useOpenMark();
  const people = usePeople();
  if (none !== null) return <HelpNote>Distributions by type are not defined. {none}</HelpNote>;
  return (
    <>
      <FigureView figure={figure} n={sample} onOpen={openMark} />
      <Group component="p" gap="4px 14px" align="stretch">
        Images:{' '}
        {types
          .filter(({ images }) => images.length > 0)
          .map(({ type, images }) => (
            <button
              key={type}
              type="button"
              className="link-button"
              onClick={() => open.images(images, typeName(type, people))}
            >
              {typeName(type, people)} ({images.length})
            </button>
          ))}
      </Group>
    </>
  );
}

/** Agreement with the majority of people, by softmax. */
export function Calibration({ calibration }: { calibration: CalibrationResult }) {
  const { figure, undefined: none } = calibration;
  const sample = useSample('chosen');
  const openMark = useOpenMark();
  if (none !== null) return <HelpNote>Calibration is not defined. {none}</HelpNote>;
  return <FigureView figure={figure} n={sample} height={320} onOpen={openMark} />;
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
  const name = (k: number | null): string => (k === null ? '–' : (classes[k] ?? String(k)));
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
