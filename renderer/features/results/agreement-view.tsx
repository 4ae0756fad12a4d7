import { Select, Box } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { agreementMeasures, agreementNames, type AgreementResult } from '../../../main/contract/api/results-charts.ts';
import { useApi } from '../../client/context.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { QueryResult } from './notes.tsx';
import { useParameters } from './address.ts';
import { useChoice, useOpenWhich, useSample } from './choice.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { Multiplicity } from './multiplicity.tsx';
import { useTables } from './section-tables.tsx';
import { ChartFrame, type LegendEntry } from '../../charts/chart-frame.tsx';
import { ArchitectureShape } from '../../ui/badges.tsx';
import { formatFixed, truncate, peopleWord } from '../../../main/domain/format.ts';
import { useThumbnailSize } from '../../ui/thumbnails.ts';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { labelersText, networksText } from './unit-names.ts';
import { FigureView } from '../../charts/figure.tsx';

type Measure = (typeof agreementMeasures)[number];

/** Who agrees with whom, and how statistics change with the number of labelers and networks. */
export function AgreementView() {
  const api = useApi();
  const { overview, study, labelers, group, claim } = useChoice();
  const input = { study, labelers, group, claim };
  const [parameters, change] = useParameters();
  const sample = useSample('chosen');
  // Chosen once, so that the measure does not change when the first predictions arrive.
  const [usual] = useState<Measure>(overview.labelers === 0 || !group ? 'cohen' : 'errors');
  const measure = agreementMeasures.find((each) => each === parameters.get('measure')) ?? usual;
  const agreement = useQuery(
    api.results.agreement.queryOptions({ input: { ...input, measure }, placeholderData: keepPreviousData }),
  );
  const rarefaction = useQuery(api.results.rarefaction.queryOptions({ input, placeholderData: keepPreviousData }));
  return (
    <>
      <Select
        label="Measure"
        w={380}
        mb="lg"
        allowDeselect={false}
        data={agreementMeasures.map((value) => ({ value, label: agreementNames[value] }))}
        value={measure}
        onChange={(value) => change({ measure: value }, true)}
      />
      <QueryResult query={agreement}>
        {(data) => (
          <>
            <AgreementMatrix agreement={data} title={agreementNames[data.measure]} />
            <ExhibitTable exhibit={data.coefficients} n={sample} />
          </>
        )}
      </QueryResult>
      <Multiplicity tables={useTables('agreement')} study={study} />
      <QueryResult query={rarefaction}>
        {({ figures }) => figures.map((figure) => <FigureView key={figure.id} figure={figure} n={sample} beside />)}
      </QueryResult>
    </>
  );
}

/** Arrow keys move between cells. */
const reachable = { tabIndex: 0 };

/** Characters of a name that are shown; the line below the matrix has the full name. */
const mostLetters = 18;

interface AgreementMatrixProps {
  agreement: AgreementResult;
  title: string;
}

/** Every rater against every other, similar raters next to each other. Arrow keys move; Enter or a click shows images. */
function AgreementMatrix({ agreement, title }: AgreementMatrixProps) {
  const { raters, values } = agreement;
  const people = peopleWord(agreement);
  const { group } = useChoice();
  const open = useOpenWhich();
  const [chosen, setAt] = useState<readonly [number, number]>([0, 1]);
  // Saved pictures show no cursor.
  const [isFocused, setFocused] = useState(false);
  const [isPointedAt, setPointedAt] = useState(false);
  const cell = useThumbnailSize(raters.length > 30 ? 14 : 26);
  if (values.length < 2)
    return <HelpNote>There is no matrix. {agreement.undefined ?? 'It needs at least two raters.'}</HelpNote>;
  const size = raters.length * cell;
  const longest = Math.min(mostLetters, Math.max(...raters.map((rater) => rater.name.length)));
  const left = 34 + longest * 6.4;
  const top = 16 + longest * 6;
  const name = (index: number): string => raters[index]?.name ?? '';
  // The number of raters may have dropped.
  const last = raters.length - 1;
  const at: readonly [number, number] = [Math.min(chosen[0], last), Math.min(chosen[1], last)];
  const value = values[at[0]]?.[at[1]] ?? null;
  const cellDescription =
    at[0] === at[1]
      ? `${name(at[0])} with itself`
      : `${name(at[0])} and ${name(at[1])}: ${value === null ? 'not defined' : formatFixed(value, 3)}`;
  const openCell = ([row, column]: readonly [number, number]): void => {
    const [a, b] = [raters[row], raters[column]];
    if (!a || !b || a === b) return;
    const differ = { kind: 'raters-differ', a: toRater(a), b: toRater(b) } as const;
    open(group, differ, `${a.name} and ${b.name} differ`);
  };
  const pressed = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter') openCell(at);
    const [down, across] = moves[event.key] ?? [0, 0];
    if (down === 0 && across === 0) return;
    const inside = (index: number): number => Math.max(0, Math.min(last, index));
    setAt([inside(at[0] + down), inside(at[1] + across)]);
    event.preventDefault();
  };
  return (
    <ChartFrame
      title={title}
      n={[...(agreement.networks > 0 ? [networksText(agreement.networks)] : []), labelersText(agreement, people)].join(
        ', ',
      )}
      legend={scaleLegend(agreement.measure)}
      height={top + size + 30}
      table={() => ({
        columns: ['', ...raters.map((rater) => rater.name)],
        rows: raters.map((rater, row) => [rater.name, ...(values[row] ?? [])]),
      })}
    >
      <ScrollBox label={`${title}, matrix`}>
        <svg
          data-drawing
          className="agreement-matrix"
          width={left + size + 60}
          height={top + size + 4}
          role="application"
          aria-label={`${title}. ${cellDescription}. Use the arrow keys to move; press Enter to show the images on which the two differ.`}
          {...reachable}
          onKeyDown={pressed}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
          onPointerEnter={() => setPointedAt(true)}
          onPointerLeave={() => setPointedAt(false)}
        >
          {raters.map((rater, index) => (
            <g
              key={rater.name}
              fill={rater.kind === 'person' ? 'var(--people)' : 'var(--ink)'}
              fontSize={Math.min(11, cell - 2)}
            >
              <text x={left - 6} y={top + index * cell + cell / 2 + 4} textAnchor="end">
                {truncate(rater.name, mostLetters)}
              </text>
              <text transform={`translate(${left + index * cell + cell / 2 + 4} ${top - 6}) rotate(-60)`}>
                {truncate(rater.name, mostLetters)}
              </text>
              {rater.kind === 'model' && cell > 20 && (
                <g transform={`translate(8 ${top + index * cell + cell / 2}) scale(0.8)`}>
                  <ArchitectureShape kind={rater.architecture.toLowerCase()} />
                </g>
              )}
            </g>
          ))}
          {values.map((row, y) =>
            row.map((each, x) => (
              <MatrixCell
                key={`${name(y)} ${name(x)}`}
                value={each}
                self={x === y}
                size={cell}
                x={left + x * cell}
                y={top + y * cell}
                current={(isFocused || isPointedAt) && at[0] === y && at[1] === x}
                onPoint={() => setAt([y, x])}
                onOpen={() => openCell([y, x])}
              />
            )),
          )}
        </svg>
      </ScrollBox>
      <Box
        component="p"
        className="matrix-description"
        m="6px 0 0"
        style={{ fontVariantNumeric: 'tabular-nums' }}
        aria-live="polite"
      >
        {cellDescription}
      </Box>
    </ChartFrame>
  );
}

const moves: Record<string, readonly [number, number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

const toRater = ({ kind, name }: AgreementResult['raters'][number]) => ({ kind, name });

interface CellProps {
  value: number | null;
  self: boolean;
  size: number;
  x: number;
  y: number;
  current: boolean;
  onPoint: () => void;
  onOpen: () => void;
}

function MatrixCell({ value, self, size, x, y, current, onPoint, onOpen }: CellProps) {
  return (
    <g onPointerEnter={onPoint}>
      <rect
        x={x}
        y={y}
        width={size - 1}
        height={size - 1}
        fill={self ? 'var(--line)' : value === null ? 'transparent' : cellColor(value)}
        stroke={current ? 'var(--ink)' : value === null && !self ? 'var(--line)' : 'none'}
        strokeWidth={current ? 2 : 1}
        strokeDasharray={value === null && !self && !current ? '2 2' : undefined}
        {...(!self && { onClick: onOpen, style: { cursor: 'pointer' } })}
      />
      {size > 20 && !self && (
        <text
          x={x + size / 2}
          y={y + size / 2 + 4}
          textAnchor="middle"
          pointerEvents="none"
          fontSize={10}
          fill={value !== null && Math.abs(value) > 0.55 ? 'var(--surface)' : 'var(--ink)'}
        >
          {value === null ? '–' : cellText(value)}
        </text>
      )}
    </g>
  );
}

/** The value that a cell has room for: `.45`, `−.07`, `1.0`. */
export function cellText(value: number): string {
  const text = Math.abs(value).toFixed(2);
  const sign = value < 0 && Number(text) !== 0 ? '−' : '';
  return sign + (text === '1.00' ? '1.0' : text.slice(1));
}

/** Background at 0, one hue at 1, another at −1: agreement below chance must not look like agreement. */
export function cellColor(value: number): string {
  const hue = value < 0 ? 'var(--series-2)' : 'var(--series-3)';
  return `color-mix(in srgb, ${hue} ${Math.round(Math.min(1, Math.abs(value)) * 100)}%, var(--surface))`;
}

const steps = [-0.5, 0, 0.5, 1] as const;

/** Steps of the color scale. Shares are never below 0. */
function scaleLegend(measure: AgreementResult['measure']): LegendEntry[] {
  const shown = steps.filter((value) => value >= 0 || measure !== 'same');
  return shown.map((value) => ({
    name: `${cellText(value)}${scaleWords(value, measure)}`,
    color: cellColor(value),
    mark: <rect x="-5" y="-5" width="10" height="10" fill={cellColor(value)} stroke="var(--line-strong)" />,
  }));
}

function scaleWords(value: number, measure: AgreementResult['measure']): string {
  if (measure === 'same') return value === 1 ? ' all labels equal' : value === 0 ? ' none' : '';
  return value === 1 ? ' full agreement' : value === 0 ? ' chance level' : value < 0 ? ' below chance' : '';
}
