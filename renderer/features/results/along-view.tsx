import { MultiSelect, SegmentedControl, Select, Box } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { Group } from '../../../main/contract/exhibit.ts';
import type { AlongResult } from '../../../main/contract/api/results-charts.ts';
import { useApi } from '../../client/context.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { BoundaryStrip } from '../../ui/boundary-strip.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { QueryResult } from './notes.tsx';
import { parseGroup, groupText, useOpenImages, useParameters } from './address.ts';
import { groupOptions, useChoice, useOpenMark } from './choice.tsx';
import { usePictures } from '../../ui/use-pictures.ts';
import { FigureView } from '../../charts/figure.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { labelersText, networksText } from './unit-names.ts';
import { ExhibitTable } from './exhibit-table.tsx';
import { SectionTables, useTables } from './section-tables.tsx';
import { useThumbnailSize } from '../../ui/thumbnails.ts';

/** Groups that can be added to the chosen one. */
const maxOtherGroups = 7;

/** One pair along alpha: shares of people and of each group, flip points, third classes. */
export function AlongView() {
  const api = useApi();
  const { overview, study, labelers, group } = useChoice();
  const chosen = group && groupText(group);
  const [parameters, change] = useParameters();
  const more = (parameters.get('with') ?? '')
    .split(';')
    .flatMap((text) => parseGroup(text) ?? [])
    .slice(0, maxOtherGroups);
  const groups = group ? [group, ...more.filter((each) => groupText(each) !== chosen)] : [];
  const along = useQuery(
    api.results.along.queryOptions({ input: { study, labelers, groups }, placeholderData: keepPreviousData }),
  );
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
      <QueryResult query={along}>{(data) => <Pairs along={data} groups={groups} />}</QueryResult>
    </>
  );
}

function Pairs({ along, groups }: { along: AlongResult; groups: readonly Group[] }) {
  const { overview } = useChoice();
  const [parameters, change] = useParameters();
  const names = along.pairs.map(({ i, j }) => ({
    value: `${i}-${j}`,
    label: `${overview.classes[i]} to ${overview.classes[j]}`,
  }));
  const chosen = Math.max(
    0,
    names.findIndex(({ value }) => value === parameters.get('pair')),
  );
  const pair = along.pairs[chosen];
  if (!pair) return <HelpNote>The stimuli have no pairs, so there are no curves along alpha.</HelpNote>;
  return (
    <>
      <Select
        label="Pair"
        w={320}
        mt="md"
        allowDeselect={false}
        searchable={names.length > manyPairs}
        data={names}
        value={names[chosen]?.value ?? null}
        onChange={(value) => change({ pair: value }, true)}
      />
      <UnderStrip strip={<Strip along={along} pair={pair} />} alphas={pair.alphas}>
        {(plot) => <Curves along={along} pair={pair} plot={plot && { ...plot, ticks: pair.alphas }} />}
      </UnderStrip>
      <Flips along={along} groups={groups} />
    </>
  );
}

/** With more pairs, a list of them can be searched. */
const manyPairs = 20;

type Pair = AlongResult['pairs'][number];

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

function Strip({ along, pair }: { along: AlongResult; pair: Pair }) {
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const open = useOpenImages();
  const votes = pair.votes ?? [];
  const size = useThumbnailSize(56);
  return (
    <section className="results-section" aria-label="Images of the pair with labels and predictions">
      <BoundaryStrip
        size={size}
        pair={[pair.i, pair.j]}
        classes={overview.classes}
        imageSize={pictures.imageSize}
        rehearsal={along.rehearsal}
        onOpen={(at) => open.image(pair.images[at] ?? 0)}
        images={pair.images.map((id, at) => ({
          alpha: pair.alphas[at] ?? 0,
          pixels: pictures.imagePixels(id),
          people: along.labelers > 0 ? (pair.people[at] ?? null) : null,
          networks: votes[at] ?? null,
        }))}
      />
    </section>
  );
}

interface CurvesProps {
  along: AlongResult;
  pair: Pair;
  plot: (Plot & { ticks: readonly number[] }) | undefined;
}

/** Shares of the second class as curves, with third classes and flip points as rings. */
function Curves({ along, pair, plot }: CurvesProps) {
  const openMark = useOpenMark();
  const people = usePeople();
  const [parameters, change] = useParameters();
  const choices = along.groups.length > 0 ? shown : shownAlone;
  const of = choices.find(({ value }) => value === parameters.get('curves'))?.value ?? 'softmax';
  const isUnlabeled = along.labelers > 0 && pair.people.every((counts) => counts.every((count) => count === 0));
  return (
    <>
      {isUnlabeled && <HelpNote>None of the {labelersText(along, people)} labeled an image of this pair.</HelpNote>}
      <SegmentedControl
        aria-label="Curves"
        mt="md"
        data={choices.map((each) => ({ ...each }))}
        value={of}
        onChange={(value) => change({ curves: value === 'softmax' ? null : value }, true)}
      />
      <FigureView
        key={of}
        figure={pair.figures[of]}
        n={ratersText(along, people)}
        height={300}
        plot={plot}
        onOpen={openMark}
      />
    </>
  );
}

const ratersText = (along: AlongResult, people: string): string =>
  [labelersText(along, people), ...along.groups.map(({ models }) => networksText(models))].join('; ');

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
function Flips({ along, groups }: { along: AlongResult; groups: readonly Group[] }) {
  const open = useOpenImages();
  const people = usePeople();
  return (
    <>
      <ExhibitTable
        exhibit={along.flips}
        n={ratersText(along, people)}
        onOpenGroup={(row) => {
          const pair = along.pairs[Math.floor(row / countRaters(along))];
          const title = along.flips.rows[row]?.[0];
          if (pair) open.images(pair.images, String(title));
        }}
      />
      <SectionTables query={useTables('along', { groups: [...groups] })} />
    </>
  );
}

/** Rows of a pair in `flips`: people, if any labeled, and each group. */
const countRaters = ({ labelers, groups }: AlongResult): number => (labelers > 0 ? 1 : 0) + groups.length;
