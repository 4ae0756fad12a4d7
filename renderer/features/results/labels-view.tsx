import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { LabelRow } from '../../../main/contract/api/results.ts';
import type { LegendEntry } from '../../charts/chart-frame.tsx';
import { useApi } from '../../client/context.tsx';
import { formatCount } from '../../../main/domain/format.ts';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { formatVotes } from '../../ui/votes.ts';
import { Answered } from './notes.tsx';
import { useChoice } from './choice.tsx';
import { labelsCell, labelsFoot } from './map-cells.ts';
import { imageName, MapGrid } from './map-grid.tsx';
import { labelersText } from './type-names.ts';

/** Figure 3 where people are alone: all images with the labels that they gave. */
export function LabelsView() {
  const api = useApi();
  const { study, labelers } = useChoice();
  const labels = useQuery(
    api.results.labels.queryOptions({ input: { study, labelers }, placeholderData: keepPreviousData }),
  );
  const title = labelsTitle(usePeople());
  return (
    <section className="results-section" aria-labelledby="stimuli-map">
      <h2 id="stimuli-map">{title}</h2>
      <LabelsLegend />
      <Answered query={labels}>{({ rows, labelers: n }) => <LabelsMap {...{ rows, title, labelers: n }} />}</Answered>
    </section>
  );
}

/** What Figure 3 is called. `people`: who labelled. */
export const labelsTitle = (people: string): string => `Figure 3: labels that ${people} gave`;

/** The same in a picture that stands alone. `people`: who labelled. */
export const labelsLegend = (people: string): LegendEntry[] => [
  { name: `Classes that ${people} named, most frequent first: they agree`, colour: 'var(--people-1)' },
  { name: 'Bold: they disagree', colour: 'var(--people-4)' },
];

/** How to read the labels under each image. */
export function LabelsLegend() {
  return (
    <p className="help-note map-legend">
      Under each image the classes that {usePeople()} named, most frequent first; bold where they disagree. Enter opens
      an image.
    </p>
  );
}

function LabelsMap({ rows, title, labelers }: { rows: readonly LabelRow[]; title: string; labelers: number }) {
  const { classes } = useChoice().overview;
  const people = usePeople();
  return (
    <MapGrid
      rows={rows}
      title={title}
      n={`${formatCount(rows.length, 'image')}, ${labelersText(labelers, people)}`}
      legend={labelsLegend(people)}
      foot={labelsFoot}
      draw={(context, box, row, colour) => labelsCell(context, box, row, classes, colour)}
      spoken={(row) => `${imageName(row, classes)}; ${people}: ${formatVotes(row.people, classes)}`}
      table={(ordered) => ({
        columns: ['Image', 'First class', 'Second class', 'Alpha', capitalize(people)],
        rows: ordered.map((row) => [
          ...[row.id, classes[row.i] ?? row.i, classes[row.j] ?? row.j, row.alpha],
          formatVotes(row.people, classes),
        ]),
      })}
    />
  );
}
