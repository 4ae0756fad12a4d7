import { Group, Box, Stack } from '@mantine/core';
import { useRef } from 'react';
import type { Overview } from '../../../main/contract/api/studies.ts';
import { type TypeName, typeNames } from '../../../main/contract/results/exhibit.ts';
import { typeTitle } from '../../../main/domain/stimuli/image-types.ts';
import { imageTypeName, RehearsalMark } from '../../ui/words/badges.tsx';
import type { ExportTable } from '../../ui/export/csv.ts';
import { PartsAt } from '../../ui/places/place.tsx';
import { Share } from '../../ui/words/values.tsx';
import { formatCount, peopleWord } from '../../../main/domain/numbers/format.ts';
import { targetTitle } from '../../../main/domain/numbers/targets.ts';

type Types = NonNullable<Overview['types']>;

const colors: Record<TypeName, string> = {
  type_a: 'var(--networks-3)',
  both_disagree: 'var(--disagree)',
  both_agree: 'var(--agree)',
  type_c: 'var(--people-3)',
};

/** Numbers of images by who disagrees: a stacked bar, and the figures. */
export function ImageTypes({ types, simulated }: { types: Types; simulated: boolean }) {
  const { target, models, determined } = types;
  const drawing = useRef<SVGSVGElement>(null);
  const people = peopleWord({ rehearsal: simulated });
  const title = `Who disagrees, on ${formatCount(determined, 'image')}`;
  return (
    <Stack component="section" gap="sm" aria-labelledby="image-types">
      <Group gap="sm" wrap="nowrap">
        <h2 id="image-types">
          {title} {simulated && <RehearsalMark />}
        </h2>
        <PartsAt
          place="export.menu"
          title={simulated ? `${title} (rehearsal)` : title}
          picture={() => drawing.current}
          table={() => toTable(types, simulated)}
          legend={typeNames.map((type) => ({
            name: `${typeTitle(type, people)}: ${types[type]}`,
            color: colors[type],
          }))}
        />
      </Group>
      <p className="soft">
        {models} diverse models at the target of {targetTitle(target)}, compared with the study's labelers
      </p>
      <TypesBar types={types} people={people} drawing={drawing} />
      <dl className="image-types-figures">
        {typeNames.map((type) => (
          <div key={type}>
            <dt>
              <Box
                component="span"
                className="image-types-key"
                w={12}
                h={12}
                bdrs="xs"
                data-class={type}
                aria-hidden="true"
              />
              {typeTitle(type, people)}
            </dt>
            <dd>
              <Share k={types[type]} n={determined} of="images" />
            </dd>
          </div>
        ))}
      </dl>
    </Stack>
  );
}

const [width, height] = [1000, 20];

interface TypesBarProps {
  types: Types;
  people: string;
  drawing: React.RefObject<SVGSVGElement | null>;
}

function TypesBar({ types, people, drawing }: TypesBarProps) {
  let x = 0;
  return (
    <svg
      ref={drawing}
      className="image-types-bar"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <defs>
        {(['type_a', 'type_c'] as const).map((type) => (
          <pattern
            key={type}
            id={`hatch-${type}`}
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform={`rotate(${type === 'type_a' ? 45 : -45})`}
          >
            <rect width="6" height="6" fill={colors[type]} />
            <line x1="0" x2="0" y1="0" y2="6" stroke="#ffffff" strokeWidth="3" strokeOpacity="0.16" />
          </pattern>
        ))}
      </defs>
      {typeNames.map((type) => {
        const wide = (width * types[type]) / types.determined;
        x += wide;
        const fill = type === 'type_a' || type === 'type_c' ? `url(#hatch-${type})` : colors[type];
        return (
          <rect
            key={type}
            x={x - wide}
            width={wide}
            height={height}
            fill={fill}
            stroke={type === 'both_disagree' ? 'var(--disagree-outline)' : 'none'}
            vectorEffect="non-scaling-stroke"
          >
            <title>{imageTypeName(type, people)}</title>
          </rect>
        );
      })}
    </svg>
  );
}

const toTable = (types: Types, simulated: boolean): ExportTable => ({
  columns: ['class', 'images', 'of', 'percent', 'models', 'target', 'labels'],
  rows: typeNames.map((type) => [
    ...[
      imageTypeName(type, peopleWord({ rehearsal: simulated })),
      types[type],
      types.determined,
      (100 * types[type]) / types.determined,
    ],
    ...[types.models, types.target, simulated ? 'rehearsal' : 'people'],
  ]),
});
