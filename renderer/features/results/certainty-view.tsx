import { Group, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { QueryResult } from './notes.tsx';
import { useChoice, useOpenMark, useSample, useView } from './choice.tsx';
import { SectionTables, useTables } from './section-tables.tsx';
import { Table5 } from './paper-tables.tsx';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { FigureView } from '../../charts/figure.tsx';
import { PixelImage } from '../../ui/pixel-image.tsx';
import { formatVotes } from '../../ui/votes.ts';
import { usePictures } from '../../ui/use-pictures.ts';

/** Table 5, entropy of people against entropy of networks, and distances between the two. */
export function CertaintyView() {
  const api = useApi();
  const input = useView();
  const options = { input, placeholderData: keepPreviousData };
  const seeds = useTables('seeds');
  const sample = useSample('chosen');
  const images = useQuery(api.results.images.queryOptions(options));
  const certainty = useQuery(api.results.certainty.queryOptions(options));
  const openMark = useOpenMark();
  const rows = images.data?.rows ?? [];
  return (
    <>
      <QueryResult query={certainty}>
        {(data) => (
          <>
            <FigureView
              figure={data.figure}
              n={sample}
              height={380}
              onOpen={openMark}
              tip={(opens, texts) => (
                <SpotTip
                  rows={rows.filter(({ id }) => opens.kind === 'images' && opens.images.includes(id))}
                  texts={texts}
                />
              )}
            />
          </>
        )}
      </QueryResult>
      <SectionTables query={useTables('certainty')} />
      <QueryResult query={seeds}>{(data) => <Table5 seeds={data} />}</QueryResult>
    </>
  );
}

/** Images that a tip shows. */
const most = 6;

function SpotTip({ rows, texts }: { rows: readonly ImageRow[]; texts: React.ReactNode }) {
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const isOne = rows.length === 1;
  return (
    <Group className="image-tip" maw={320} gap={10} align="flex-start" wrap="nowrap" style={{ whiteSpace: 'normal' }}>
      <Stack className="image-tip-pictures" gap="xs">
        {rows.slice(0, most).map((row) => (
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
        {rows.length > most && <p>and {rows.length - most} more</p>}
      </Stack>
      <div>{texts}</div>
    </Group>
  );
}
