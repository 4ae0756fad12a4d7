import { Group, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useApi } from '../../client/context.tsx';
import { QueryResult } from '../../results/notes.tsx';
import { useChoice, useView } from '../../results/choice.tsx';
import { PartFigures, SectionTables, useTables } from '../../results/section-tables.tsx';
import { Table5 } from './paper-tables.tsx';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { formatInteger } from '../../../main/domain/numbers/format.ts';
import { PixelImage } from '../../ui/images/pixel-image.tsx';
import { formatVotes } from '../../ui/words/votes.ts';
import { usePictures } from '../../ui/images/use-pictures.ts';

/** Table 5, entropy of people against entropy of networks, and distances between the two. */
export function CertaintyView() {
  const api = useApi();
  const input = useView();
  const seeds = useTables('seeds');
  const tables = useTables('certainty');
  const images = useQuery(api.results.images.queryOptions({ input, placeholderData: keepPreviousData }));
  const rows = useMemo(() => new Map(images.data?.rows.map((row) => [row.id, row])), [images.data]);
  return (
    <>
      <PartFigures
        query={tables}
        height={380}
        tip={(opens, texts) => {
          const ids = opens.kind === 'images' ? opens.images : [];
          return <SpotTip rows={ids.slice(0, most).flatMap((id) => rows.get(id) ?? [])} n={ids.length} texts={texts} />;
        }}
      />
      <SectionTables query={tables} />
      <QueryResult query={seeds}>{(data) => <Table5 seeds={data} />}</QueryResult>
    </>
  );
}

/** Images that a tip shows. */
const most = 6;

interface SpotTipProps {
  /** The first images of the spot, and how many it has. */
  rows: readonly ImageRow[];
  n: number;
  texts: React.ReactNode;
}

function SpotTip({ rows, n, texts }: SpotTipProps) {
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const isOne = n === 1;
  return (
    <Group className="image-tip" maw={320} gap={10} align="flex-start" wrap="nowrap" style={{ whiteSpace: 'normal' }}>
      <Stack className="image-tip-pictures" gap="xs">
        {rows.map((row) => (
          <figure key={row.id}>
            <PixelImage
              pixels={pictures.imagePixels(row.id)}
              imageSize={pictures.imageSize}
              size={isOne ? 84 : 42}
              label={`Image ${row.id}`}
            />
            <figcaption>
              <span data-raters="people">{formatVotes(row.people, overview.classes)}</span>
              <span data-raters="networks">{formatVotes(row.votes, overview.classes)}</span>
            </figcaption>
          </figure>
        ))}
        {n > most && <p>and {formatInteger(n - most)} more</p>}
      </Stack>
      <div>{texts}</div>
    </Group>
  );
}
