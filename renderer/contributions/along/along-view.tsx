import { MultiSelect, SegmentedControl, Select, Box } from '@mantine/core';
import { keepPreviousData, skipToken, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { Group } from '../../../main/contract/results/index.ts';
import type { ImageRow, LabelRow } from '../../../main/contract/api/index.ts';
import { useApi } from '../../client/index.ts';
import { HelpNote } from '../../ui/parts/index.ts';
import { BoundaryStrip, usePictures, useThumbnailSize } from '../../ui/images/index.ts';
import { ScrollBox } from '../../ui/tables/index.ts';
import {
  ExhibitTable,
  findTable,
  groupOptions,
  groupText,
  parseGroup,
  QueryResult,
  SectionTables,
  useChoice,
  useOpenImages,
  useOpenMark,
  useParameters,
  useSample,
  useTables,
} from '../../results/index.ts';
import { FigureView } from '../../charts/index.ts';
import { useRehearsal } from '../../ui/words/index.ts';

/** Groups that can be added to the chosen one. */
const maxOtherGroups = 7;

/** One pair along alpha: shares of people and of each group, flip points, third classes. */
export function AlongView() {
  const { overview, group } = useChoice();
  const chosen = group && groupText(group);
  const [parameters, change] = useParameters();
  const rows = useRows();
  const more = (parameters.get('with') ?? '')
    .split(';')
    .flatMap((text) => parseGroup(text) ?? [])
    .slice(0, maxOtherGroups);
  const groups = group ? [group, ...more.filter((each) => groupText(each) !== chosen)] : [];
  const others = groupOptions(overview)
    .map(({ group: section, items }) => ({
      group: section,
      items: items.filter(({ value }) => value !== chosen),
    }))
    .filter(({ items }) => items.length > 0);
  return (
    <>
      {others.length > 0 && (
        <MultiSelect
          label="Compare with"
          description={`Up to ${maxOtherGroups} more groups`}
          placeholder={more.length === 0 ? 'Choose groups' : ''}
          searchable
          hidePickedOptions
          maxValues={maxOtherGroups}
          maxDropdownHeight={420}
          maw={720}
          data={others}
          value={groups.slice(1).map(groupText)}
          onChange={(texts) => change({ with: texts.length === 0 ? null : texts.join(';') }, true)}
        />
      )}
      {overview.pairs.length === 0 ? (
        <HelpNote>The stimuli have no pairs, so there are no curves along alpha.</HelpNote>
      ) : (
        <QueryResult query={rows}>{(data) => <Pairs rows={data.rows} groups={groups} />}</QueryResult>
      )}
    </>
  );
}

type Row = LabelRow & Partial<Pick<ImageRow, 'votes'>>;

/** Each image with its labels, and votes of the chosen group. */
function useRows(): UseQueryResult<{ rows: readonly Row[] }> {
  const api = useApi();
  const { study, labelers, group, claim } = useChoice();
  const people = { study, labelers, claim };
  const images = useQuery(
    api.results.images.queryOptions({
      input: group ? { ...people, group } : skipToken,
      placeholderData: keepPreviousData,
    }),
  );
  const labels = useQuery(
    api.results.labels.queryOptions({ input: group ? skipToken : people, placeholderData: keepPreviousData }),
  );
  return group ? images : labels;
}

interface PairsProps {
  rows: readonly Row[];
  groups: Group[];
}

function Pairs({ rows, groups }: PairsProps) {
  const { overview } = useChoice();
  const [parameters, change] = useParameters();
  const names = overview.pairs.map(({ i, j }) => ({
    value: `${i}-${j}`,
    label: `${overview.classes[i]} to ${overview.classes[j]}`,
  }));
  const place = Math.max(
    0,
    names.findIndex(({ value }) => value === parameters.get('pair')),
  );
  const images = imagesOf(rows, overview.pairs[place]);
  const alphas = images.map(({ alpha }) => alpha ?? 0);
  return (
    <>
      <Select
        label="Pair"
        w={320}
        mt="md"
        allowDeselect={false}
        searchable={names.length > manyPairs}
        data={names}
        value={names[place]?.value ?? null}
        onChange={(value) => change({ pair: value }, true)}
      />
      <UnderStrip strip={<Strip images={images} />} alphas={alphas}>
        {(plot) => <Curves images={images} groups={groups} place={place} plot={plot && { ...plot, ticks: alphas }} />}
      </UnderStrip>
      <Flips rows={rows} groups={groups} />
    </>
  );
}

/** Images of a pair in the order of alpha. */
const imagesOf = (rows: readonly Row[], pair: { i: number; j: number } | undefined): Row[] =>
  rows
    .filter(({ i, j }) => i === pair?.i && j === pair.j)
    .toSorted((a, b) => (a.alpha ?? 0) - (b.alpha ?? 0) || a.id - b.id);

/** With more pairs, a list of them can be searched. */
const manyPairs = 20;

interface UnderStripProps {
  strip: ReactNode;
  alphas: readonly number[];
  children: (plot: Plot | undefined) => ReactNode;
}

/** Where a chart's plot begins and ends, so that each alpha is under its image. */
interface Plot {
  left: number;
  right: number;
}

/** A chart under a strip of images, and scrolled with it: its axis goes from the middle of the first to that of the last. */
function UnderStrip({ strip, alphas, children }: UnderStripProps) {
  const box = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot | undefined>();
  const count = alphas.length;
  useLayoutEffect(() => {
    const around = box.current;
    const table = around?.querySelector('.strip');
    if (!around || !table || count < 2) return;
    const measure = (): void => {
      const whole = around.getBoundingClientRect();
      const heads = [...table.querySelectorAll('thead th[scope="col"]')].map((head) => head.getBoundingClientRect());
      const middles = heads.map(({ left, width }) => left + width / 2);
      const [first, last] = [middles[0], middles.at(-1)];
      if (first === undefined || last === undefined) return;
      const next = { left: Math.round(first - whole.left), right: Math.round(whole.right - last) };
      setPlot((known) => (known?.left === next.left && known.right === next.right ? known : next));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(around);
    observer.observe(table);
    return () => observer.disconnect();
  }, [count]);
  return (
    <ScrollBox label="Images of the pair, and curves under them">
      <Box display="inline-block" miw="100%" ref={box}>
        {strip}
        {children(plot)}
      </Box>
    </ScrollBox>
  );
}

function Strip({ images }: { images: readonly Row[] }) {
  const { study, overview, labelers } = useChoice();
  const pictures = usePictures(study, overview.images);
  const open = useOpenImages();
  const size = useThumbnailSize(56);
  const [first] = images;
  const isAnswered = (labelers?.length ?? overview.labelers) > 0;
  return (
    <section className="results-section" aria-label="Images of the pair with labels and predictions">
      <BoundaryStrip
        size={size}
        pair={[first?.i ?? 0, first?.j ?? 0]}
        classes={overview.classes}
        imageSize={pictures.imageSize}
        rehearsal={useRehearsal()}
        onOpen={(at) => open.image(images[at]?.id ?? 0)}
        images={images.map(({ id, alpha, people, votes }) => ({
          alpha: alpha ?? 0,
          pixels: pictures.imagePixels(id),
          people: isAnswered ? people : null,
          networks: votes ?? null,
        }))}
      />
    </section>
  );
}

interface CurvesProps {
  images: readonly Row[];
  groups: Group[];
  /** Of the pair among all. */
  place: number;
  plot: (Plot & { ticks: readonly number[] }) | undefined;
}

/** Shares of the second class as curves, with third classes and flip points as rings. */
function Curves({ images, groups, place, plot }: CurvesProps) {
  const openMark = useOpenMark();
  const people = useSample('people');
  const sample = useSample('chosen', groups);
  const [parameters, change] = useParameters();
  const choices = groups.length > 0 ? shown : shownAlone;
  const of = choices.find(({ value }) => value === parameters.get('curves'))?.value ?? 'softmax';
  const isUnlabeled = people !== '' && images.every((image) => image.people.every((count) => count === 0));
  return (
    <>
      {isUnlabeled && <HelpNote>None of the {people} labeled an image of this pair.</HelpNote>}
      <SegmentedControl
        aria-label="Curves"
        mt="md"
        data={choices.map((each) => ({ ...each }))}
        value={of}
        onChange={(value) => change({ curves: value === 'softmax' ? null : value }, true)}
      />
      <QueryResult query={useTables('pairs', { groups, choice: of })}>
        {({ figures }) =>
          figures.flatMap((figure) => {
            const chart = figure.charts[place];
            return chart === undefined ? (
              []
            ) : (
              <FigureView
                key={of}
                figure={{ ...figure, title: chart.title, charts: [chart] }}
                n={sample}
                height={300}
                plot={plot}
                onOpen={openMark}
              />
            );
          })
        }
      </QueryResult>
    </>
  );
}

/** What the curves of networks show: shares, or psychometric curves that were fitted to them. */
const shown = [
  { value: 'softmax', label: 'Mean softmax' },
  { value: 'votes', label: 'Votes' },
  { value: 'fitted', label: 'Psychometric curves' },
] as const;

/** What can be shown where only people have answered. */
const shownAlone = [
  { value: 'softmax', label: 'Shares of labels' },
  { value: 'fitted', label: 'Psychometric curves' },
] as const;

/** Flip points of people and of each group, pair by pair: of the majority, of each rater, and of the shares. */
function Flips({ rows, groups }: PairsProps) {
  const open = useOpenImages();
  const { overview } = useChoice();
  const sample = useSample('chosen', groups);
  const tables = useTables('along', { groups });
  const flips = tables.data && findTable(tables.data, 'flip-points');
  return (
    <>
      {flips && (
        <ExhibitTable
          exhibit={flips}
          n={sample}
          onOpenGroup={(row) => {
            const pair = overview.pairs[Math.floor((row * overview.pairs.length) / flips.rows.length)];
            open.images(
              imagesOf(rows, pair).map(({ id }) => id),
              String(flips.rows[row]?.[0]),
            );
          }}
        />
      )}
      <SectionTables query={tables} except={['flip-points']} />
    </>
  );
}
