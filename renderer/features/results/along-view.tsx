import { MultiSelect, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AlongResult } from '../../../main/contract/api/results-charts.ts';
import type { Group } from '../../../main/contract/exhibit.ts';
import { useApi } from '../../client/context.tsx';
import { BoundaryStrip } from '../../ui/boundary-strip.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { Answered } from './answered.tsx';
import { groupOf, groupText, useOpenImages, useParameters } from './address.ts';
import { groupOptions, useChoice } from './choice.tsx';
import { Curves } from './curves.tsx';
import { Flips } from './flips.tsx';
import { usePictures } from './use-pictures.ts';

/** Beside the chosen group. */
const mostBeside = 7;

/** Along alpha, pair by pair: shares of people and of each group, if there is one, flip points, third classes. */
export function AlongView() {
  const api = useApi();
  const { overview, study, labelers, group } = useChoice();
  const chosen = group && groupText(group);
  const [parameters, change] = useParameters();
  const more = (parameters.get('with') ?? '')
    .split(';')
    .flatMap((text) => groupOf(text) ?? [])
    .slice(0, mostBeside);
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
          label="Beside it"
          description={`Up to ${mostBeside} more groups`}
          placeholder={more.length === 0 ? 'Choose groups' : ''}
          searchable
          hidePickedOptions
          maxValues={mostBeside}
          maxDropdownHeight={420}
          maw={720}
          data={others}
          value={groups.slice(1).map(groupText)}
          onChange={(texts) => change({ with: texts.length === 0 ? null : texts.join(';') }, true)}
        />
      )}
      <Answered query={along}>{(data) => <Pairs along={data} groups={groups} />}</Answered>
    </>
  );
}

interface PairsProps {
  along: AlongResult;
  /** In the order of the answer’s groups. */
  groups: readonly Group[];
}

function Pairs({ along, groups }: PairsProps) {
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
  if (!pair) return <p className="help-note">The stimuli have no pairs, so there is nothing along alpha.</p>;
  return (
    <>
      <Select
        label="Pair"
        w={200}
        mt="md"
        allowDeselect={false}
        data={names}
        value={names[chosen]?.value ?? null}
        onChange={(value) => change({ pair: value }, true)}
      />
      <Strip along={along} pair={pair} />
      <Curves {...{ along, groups, pair }} />
      <Flips along={along} />
    </>
  );
}

type Pair = AlongResult['pairs'][number];

function Strip({ along, pair }: { along: AlongResult; pair: Pair }) {
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const open = useOpenImages();
  const votes = pair.groups[0]?.votes ?? [];
  return (
    <section className="results-section" aria-label="The images and what was said of them">
      <ScrollBox label="The strip of the pair">
        <BoundaryStrip
          pair={[pair.i, pair.j]}
          classes={overview.classes}
          width={pictures.width}
          height={pictures.height}
          rehearsal={along.rehearsal}
          onOpen={(at) => open.image(pair.images[at] ?? 0)}
          images={pair.images.map((id, at) => ({
            alpha: pair.alphas[at] ?? 0,
            pixels: pictures.pixelsOf(id),
            people: along.labelers > 0 ? (pair.people[at] ?? null) : null,
            networks: votes[at] ?? null,
          }))}
        />
      </ScrollBox>
    </section>
  );
}
