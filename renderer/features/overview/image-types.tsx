import { Group, Box, Stack } from '@mantine/core';
import { useRef } from 'react';
import { type Exhibit, type TypeName, typeNames } from '../../../main/contract/results/exhibit.ts';
import { typeTitle } from '../../../main/domain/stimuli/image-types.ts';
import { imageTypeName, RehearsalMark } from '../../ui/words/badges.tsx';
import { PartsAt } from '../../ui/places/place.tsx';
import { QuantityText } from '../../results/quantity.tsx';
import { flatTable, quantityAt } from '../../../main/domain/results/exhibits.ts';
import { formatCount, peopleWord } from '../../../main/domain/numbers/format.ts';

/** Table 1 of one group, and who labeled. */
interface Shown {
  table: Exhibit;
  simulated: boolean;
}

const countOf = (table: Exhibit, key: string): number => quantityAt(table, 0, key)?.value ?? 0;

const colors: Record<TypeName, string> = {
  type_a: 'var(--networks-3)',
  both_disagree: 'var(--disagree)',
  both_agree: 'var(--agree)',
  type_c: 'var(--people-3)',
};

/** Shares of images by who disagrees: a stacked bar, and the figures with their intervals. */
export function ImageTypes({ table, simulated }: Shown) {
  const drawing = useRef<SVGSVGElement>(null);
  const people = peopleWord({ rehearsal: simulated });
  const images = countOf(table, 'images');
  const title = `Who disagrees, on ${formatCount(images, 'image')}`;
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
          table={() => flatTable({ ...table, people: false }, simulated, 'all')}
          legend={typeNames.map((type) => ({
            name: `${typeTitle(type, people)}: ${countOf(table, type)}`,
            color: colors[type],
          }))}
        />
      </Group>
      <TypesBar table={table} people={people} drawing={drawing} />
      <dl className="image-types-figures">
        {typeNames.map((type) => {
          const share = quantityAt(table, 0, `${type}_pct`);
          return (
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
                {formatCount(countOf(table, type), 'image')},{' '}
                {share && <QuantityText of={{ ...share, n: null, paper: null }} unit="%" />}
              </dd>
            </div>
          );
        })}
      </dl>
      {table.intervals !== undefined && (
        <Box component="p" className="soft" fz={13}>
          {table.intervals}
        </Box>
      )}
    </Stack>
  );
}

const [width, height] = [1000, 20];

interface TypesBarProps {
  table: Exhibit;
  people: string;
  drawing: React.RefObject<SVGSVGElement | null>;
}

function TypesBar({ table, people, drawing }: TypesBarProps) {
  const images = countOf(table, 'images');
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
        const wide = (width * countOf(table, type)) / images;
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
