import { Group, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../../client/context.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { QueryResult } from './notes.tsx';
import { useChoice, useSample, useView, useTables } from './choice.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { Table5 } from './paper-tables.tsx';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { Scatter, type ScatterPoint } from '../../charts/scatter.tsx';
import { PixelImage } from '../../ui/pixel-image.tsx';
import { formatVotes } from '../../ui/votes.ts';
import { useOpenImages } from './address.ts';
import { typeMeaning } from '../../../main/domain/image-types.ts';
import { whyNotOfKind } from '../../../main/domain/response-kinds.ts';
import { usePictures } from '../../ui/use-pictures.ts';

/** Table 5, entropy of people against entropy of networks, and distances between the two. */
export function CertaintyView() {
  const api = useApi();
  const input = useView();
  const options = { input, placeholderData: keepPreviousData };
  const tables = useTables();
  const sample = useSample('chosen');
  const images = useQuery(api.results.images.queryOptions(options));
  const certainty = useQuery(api.results.certainty.queryOptions(options));
  return (
    <>
      <QueryResult query={images}>{(data) => <EntropyScatter rows={data.rows} />}</QueryResult>
      <QueryResult query={certainty}>
        {(data) => (
          <>
            <ExhibitTable exhibit={data.certainty} n={sample} />
            <ExhibitTable exhibit={data.divergence} n={sample} />
          </>
        )}
      </QueryResult>
      <QueryResult query={tables}>{(data) => <Table5 exhibit={data.table5} />}</QueryResult>
    </>
  );
}

type Kind = NonNullable<ImageRow['type']> | 'no_type';

const marks: readonly { kind: Kind; letter: string; color: string; mark: React.ReactNode }[] = [
  {
    kind: 'type_a',
    letter: 'A: ',
    color: 'var(--networks-3)',
    mark: <rect x="-4" y="-4" width="8" height="8" fill="var(--networks-3)" />,
  },
  {
    kind: 'type_c',
    letter: 'C: ',
    color: 'var(--people-3)',
    mark: <path d="M0 -5L5 4H-5Z" fill="var(--people-3)" />,
  },
  {
    kind: 'both_disagree',
    letter: 'B in part: ',
    color: 'var(--disagree-outline)',
    mark: (
      <circle
        r="4"
        fill="var(--surface)"
        stroke="var(--disagree-outline)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    ),
  },
  {
    kind: 'both_agree',
    letter: 'B or exception: ',
    color: 'var(--agree)',
    mark: <circle r="4" fill="var(--agree)" stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />,
  },
  {
    kind: 'no_type',
    letter: '',
    color: 'var(--ink-soft)',
    mark: <path d="M-4 0H4M0 -4V4" stroke="var(--ink-soft)" strokeWidth="1.5" />,
  },
];

/** Images with one label or one network have no type. */
const kindName = (kind: Kind, people: string): string => (kind === 'no_type' ? 'No type' : typeMeaning(kind, people));

interface Spot extends ScatterPoint {
  of: Kind;
  rows: ImageRow[];
}

const axis = (title: string) => ({ title, domain: [0, null] as const });

/** Entropy of people against entropy of networks. Images with equal values share one mark, sized by their number. */
function EntropyScatter({ rows }: { rows: readonly ImageRow[] }) {
  const { overview } = useChoice();
  const people = usePeople();
  const open = useOpenImages();
  const sample = useSample('chosen');
  const spots = useMemo(() => groupSpots(rows), [rows]);
  const byId = useMemo(() => new Map(spots.map((spot) => [spot.id, spot])), [spots]);
  const axes = useMemo(
    () => ({ x: axis(`Entropy of ${people} (bits)`), y: axis('Entropy of the networks’ votes (bits)') }),
    [people],
  );
  if (spots.length === 0)
    return (
      <HelpNote>
        {whyNotOfKind(overview.response, 'shares') ??
          'Nobody has labeled yet, so the entropy of people is not defined.'}
      </HelpNote>
    );
  return (
    <section className="results-section" aria-label="Entropy">
      <Scatter
        title={`Are networks unsure where ${people} are?`}
        n={`n = ${spots.reduce((sum, spot) => sum + spot.rows.length, 0)} images; ${sample}; area of a mark: number of images`}
        {...axes}
        height={380}
        points={spots}
        kinds={marks
          .filter(({ kind }) => spots.some((spot) => spot.kind === kind))
          .map(({ letter, kind, ...mark }) => ({
            ...mark,
            kind,
            name: letter === '' ? capitalize(kindName(kind, people)) : `${letter}${kindName(kind, people)}`,
          }))}
        onOpen={({ id }) => {
          const spot = byId.get(id);
          const [first, ...more] = spot?.rows ?? [];
          if (!spot || !first) return;
          if (more.length === 0) open.image(first.id);
          else
            open.images(
              spot.rows.map((row) => row.id),
              kindName(spot.of, people),
            );
        }}
        tip={({ id }) => <SpotTip spot={byId.get(id)} />}
      />
    </section>
  );
}

function groupSpots(rows: readonly ImageRow[]): Spot[] {
  const spots = new Map<string, Spot>();
  for (const row of rows) {
    const { id, type, peopleEntropy: x, votesEntropy: y } = row;
    if (x === null || y === null) continue;
    const kind: Kind = type ?? 'no_type';
    const key = `${kind} ${x.toFixed(9)} ${y.toFixed(9)}`;
    const spot = spots.get(key);
    if (spot) spot.rows.push(row);
    else spots.set(key, { id: String(id), x, y, label: `Image ${id}`, kind, of: kind, rows: [row] });
  }
  return [...spots.values()].map((spot) =>
    spot.rows.length === 1
      ? spot
      : { ...spot, count: spot.rows.length, label: `Images ${spot.rows.map(({ id }) => id).join(', ')}` },
  );
}

/** Images that a tip shows. */
const most = 6;

function SpotTip({ spot }: { spot: Spot | undefined }) {
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  if (!spot) return null;
  const [first] = spot.rows;
  const isOne = spot.rows.length === 1;
  return (
    <Group className="image-tip" maw={320} gap={10} align="flex-start" wrap="nowrap" style={{ whiteSpace: 'normal' }}>
      <Stack className="image-tip-pictures" gap="xs">
        {spot.rows.slice(0, most).map((row) => (
          <figure key={row.id}>
            <PixelImage
              pixels={pictures.imagePixels(row.id)}
              imageSize={pictures.imageSize}
              size={isOne ? 84 : 42}
              label={`Image ${row.id}`}
            />
            {!isOne && (
              <figcaption>
                <span data-raters="people">{formatVotes(row.people, overview.classes)}</span>
                <span data-raters="networks">{formatVotes(row.votes, overview.classes)}</span>
              </figcaption>
            )}
          </figure>
        ))}
        {spot.rows.length > most && <p>and {spot.rows.length - most} more</p>}
      </Stack>
      <div>
        <strong>{isOne ? spot.label : `${spot.rows.length} images`}</strong>
        <p data-raters="people">
          {isOne && formatVotes(first?.people ?? null, overview.classes)} ({spot.x.toFixed(2)} bits)
        </p>
        <p data-raters="networks">
          {isOne && formatVotes(first?.votes ?? null, overview.classes)} ({spot.y.toFixed(2)} bits)
        </p>
      </div>
    </Group>
  );
}
