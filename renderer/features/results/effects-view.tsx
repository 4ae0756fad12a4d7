import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { EffectsInput, EffectsResult } from '../../../main/contract/api/effects.ts';
import { isQuantity } from '../../../main/domain/exhibits.ts';
import { formatCount, formatFixed } from '../../../main/domain/format.ts';
import { Forest } from '../../charts/forest.tsx';
import { LineChart } from '../../charts/line-chart.tsx';
import { useApi } from '../../client/context.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { NumberField } from '../../ui/fields.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { useParameters, parseEffectsQuestion } from './address.ts';
import { useChoice } from './choice.tsx';
import { EffectPlanner } from './effect-planner.tsx';
import { type AnsweredQuestion, OpeningTable, useOpenNumbers } from './effect-source.tsx';
import { QueryResult } from './notes.tsx';
import { OverStudies } from './over-studies.tsx';
import { QuantityText } from './quantity.tsx';

type Asked = NonNullable<EffectsResult['asked']>;

/** The question as the address has it; what it leaves out the program chooses. */
export function useEffectsInput(): EffectsInput {
  const { study, labelers } = useChoice();
  const [parameters] = useParameters();
  return { study, labelers, ...parseEffectsQuestion(parameters) };
}

/** What architecture, optimizer and training do: effects with intervals that hold. */
export function EffectsView() {
  const api = useApi();
  const input = useEffectsInput();
  const answer = useQuery(api.results.effects.queryOptions({ input, placeholderData: keepPreviousData }));
  return (
    <QueryResult query={answer}>
      {(data) => (
        <>
          <Question data={data} input={input} />
          {data.undefined !== null || !data.asked ? (
            <p className="help-note" role="status">
              {data.undefined}
            </p>
          ) : (
            <Effects key={`${data.asked.factor} ${data.asked.outcome}`} data={data} asked={data.asked} input={input} />
          )}
        </>
      )}
    </QueryResult>
  );
}

/** Outcome, factor and all else that is asked for. */
function Question({ data, input }: { data: EffectsResult; input: EffectsInput }) {
  const [, change] = useParameters();
  const people = usePeople();
  const { asked, factors, outcomes, targets } = data;
  const factor = factors.find(({ key }) => key === asked?.factor);
  const outcome = outcomes.find(({ key }) => key === asked?.outcome);
  const hasPeople = data.labelers > 0;
  return (
    <div className="effects-question">
      <Select
        label="Outcome"
        w={330}
        allowDeselect={false}
        data={outcomes.map(({ key, title, missing }) => ({ value: key, label: title, disabled: missing !== null }))}
        value={asked?.outcome ?? null}
        onChange={(value) => change({ outcome: value, m: null }, true)}
      />
      <Select
        label="Factor"
        w={250}
        allowDeselect={false}
        data={factors.map(({ key, title }) => ({ value: key, label: title }))}
        value={asked?.factor ?? null}
        onChange={(value) => change({ factor: value, reference: null, second: null }, true)}
      />
      {factor && (
        <Select
          label="Compared with"
          w={190}
          allowDeselect={false}
          data={factor.levels.map(({ value, text, networks }) => ({ value, label: text, disabled: networks === 0 }))}
          value={asked?.reference ?? null}
          onChange={(value) => change({ reference: value }, true)}
        />
      )}
      {factors.length > 1 && (
        <Select
          label="Depends on"
          w={200}
          allowDeselect={false}
          data={[
            { value: '', label: 'no second factor' },
            ...factors
              .filter(({ key }) => key !== asked?.factor)
              .map(({ key, title }) => ({ value: key, label: title })),
          ]}
          value={asked?.second ?? ''}
          onChange={(value) => change({ second: value || null }, true)}
        />
      )}
      {targets.length > 1 && (
        <Select
          label="Networks at"
          w={130}
          allowDeselect={false}
          data={[{ value: '', label: 'all targets' }, ...targets.map(({ value, text }) => ({ value, label: text }))]}
          value={input.target ?? ''}
          onChange={(value) => change({ target: value || null, second: null }, true)}
        />
      )}
      {hasPeople && (
        <Select
          label="Images"
          w={210}
          allowDeselect={false}
          data={[
            { value: 'all', label: 'all' },
            { value: 'agree', label: `on which ${people} agree` },
            { value: 'disagree', label: `on which ${people} disagree` },
          ]}
          value={input.images}
          onChange={(value) => change({ 'of-images': value === 'all' ? null : value }, true)}
        />
      )}
      {outcome?.drawsPeople && (
        <Select
          label="Intervals hold for"
          w={230}
          allowDeselect={false}
          data={[
            { value: 'fixed', label: `these very ${people}` },
            { value: 'random', label: `${people} like these` },
          ]}
          value={asked?.people ?? 'fixed'}
          onChange={(value) => change({ people: value === 'random' ? value : null }, true)}
        />
      )}
      {asked && asked.m !== null && (
        <NumberField
          label="Networks in a group"
          w={150}
          min={2}
          max={10_000}
          value={asked.m}
          onChange={(m) => change({ m: String(m) }, true)}
        />
      )}
    </div>
  );
}

const decimalsOf = ({ unit }: Asked): number => (unit === '%' ? 1 : 3);

interface EffectsProps {
  data: EffectsResult;
  asked: Asked;
  input: EffectsInput;
}

function Effects({ data, asked, input }: EffectsProps) {
  const { forest, table, cells, variance, ranking, interaction, slope } = data;
  const factor = data.factors.find(({ key }) => key === asked.factor);
  const reference = factor?.levels.find(({ value }) => value === asked.reference)?.text ?? 'the reference';
  // What was opened belongs to one question.
  const key = JSON.stringify([input, asked]);
  return (
    <>
      <Differences key={`differences ${key}`} forest={forest} reference={reference} asked={asked} input={input} />
      {table && <OpeningTable key={`table ${key}`} exhibit={table} asked={asked} input={input} />}
      {slope && <Slope key={`slope ${key}`} slope={slope} asked={asked} input={input} />}
      {ranking &&
        (ranking.rows.length > 0 ? (
          <OpeningTable key={`ranking ${key}`} exhibit={ranking} asked={asked} input={input} />
        ) : (
          <p className="results-section">{ranking.notes.join(' ')}</p>
        ))}
      <Means key={`means ${key}`} data={data} asked={asked} input={input} />
      {interaction && interaction.rows.length > 0 && (
        <OpeningTable key={`interaction ${key}`} exhibit={interaction} asked={asked} input={input} />
      )}
      {variance && <OpeningTable key={`variance ${key}`} exhibit={variance} asked={asked} input={input} />}
      <OverStudies
        input={input}
        asked={asked}
        reference={reference}
        decimals={decimalsOf(asked)}
        levels={forest.map(({ level: value, text }) => ({ value, label: text }))}
      />
      <EffectPlanner
        input={input}
        asked={asked}
        levels={forest.map(({ level: value, text }) => ({ value, label: text }))}
      />
      {cells && <OpeningTable key={`cells ${key}`} exhibit={cells} asked={asked} input={input} />}
    </>
  );
}

const verdicts = { higher: 'higher', lower: 'lower', not_separated: 'not told apart' } as const;

const pair = ({ lo, hi }: { lo: number | null; hi: number | null }): readonly [number, number] | null =>
  lo === null || hi === null ? null : [lo, hi];

/** Each level against the reference, drawn. */
function Differences({
  forest,
  reference,
  ...question
}: AnsweredQuestion & { forest: EffectsResult['forest']; reference: string }) {
  const { asked } = question;
  const [behind, open] = useOpenNumbers(question);
  const unit = asked.unit === '%' ? 'percentage points' : asked.unit;
  return (
    <section className="results-section" aria-label="Effects">
      <Forest
        title={`${asked.title}: difference from ${reference}`}
        x={{ title: `Difference (${unit}); lower: ${asked.lower}` }}
        lines={[{ at: 0, name: reference }]}
        wider="All levels together"
        decimals={decimalsOf(asked)}
        rows={forest.map((row) => ({
          id: row.level,
          label: row.text,
          estimate: row.estimate,
          interval: pair(row),
          wider: pair(row.simultaneous),
          verdict: row.estimate === null ? 'missing' : row.verdict === null ? 'no interval' : verdicts[row.verdict],
          isApart: row.verdict !== null && row.verdict !== 'not_separated',
        }))}
        onOpen={(level) => open({ kind: 'difference', level })}
      />
      <HelpNote>
        Thick: 95 % interval of one difference. Thin: of all levels together; a full mark where it leaves out 0. A row
        opens its networks and images.
      </HelpNote>
      {behind}
    </section>
  );
}

function Slope({ slope, ...question }: AnsweredQuestion & { slope: NonNullable<EffectsResult['slope']> }) {
  const [behind, open] = useOpenNumbers(question);
  const { title, cell } = slope;
  if (!isQuantity(cell)) return null;
  const { effect } = cell;
  return (
    <>
      <p className="results-section">
        {title}:{' '}
        <QuantityText
          of={cell}
          decimals={decimalsOf(question.asked) + 1}
          label={title}
          onOpen={effect && (() => open(effect))}
          actionName="show networks and images"
        />
      </p>
      {behind}
    </>
  );
}

/** Means of the levels, in a line for each level of the second factor. A click opens those of a level. */
function Means({ data, ...question }: AnsweredQuestion & { data: EffectsResult }) {
  const { asked } = question;
  const [behind, open] = useOpenNumbers(question);
  const factor = data.factors.find(({ key }) => key === asked.factor);
  const second = data.factors.find(({ key }) => key === asked.second);
  const texts = factor?.levels.map(({ text }) => text) ?? [];
  if (data.lines.every(({ points }) => points.length === 0)) return null;
  const by = second ? `, by ${second.title.toLowerCase()}` : '';
  return (
    <section className="results-section" aria-label="Means">
      <LineChart
        title={`${asked.title}: mean at each level${by}`}
        n={formatCount(factor?.levels.reduce((sum, { networks }) => sum + networks, 0) ?? 0, 'network')}
        x={{
          title: factor?.title ?? '',
          domain: [0, Math.max(1, texts.length - 1)],
          ticks: texts.map((_, place) => place),
          format: (place) => texts[Math.round(place)] ?? '',
        }}
        y={{ title: asked.unit === '%' ? '%' : asked.unit, format: (value) => formatFixed(value, decimalsOf(asked)) }}
        whiskerName="95 % interval"
        onPick={(place) =>
          open(
            ...data.lines.flatMap(({ level: level2, points }) =>
              points
                .filter((point) => point.place === place)
                .map(({ level }) => ({
                  kind: 'mean' as const,
                  at: { [asked.factor]: level, ...(asked.second !== null && { [asked.second]: level2 }) },
                })),
            ),
          )
        }
        series={data.lines.map(({ level, text, points }, at) => ({
          id: level,
          name: text,
          mark: mark(at),
          points: points.flatMap(({ place, estimate }) => (estimate === null ? [] : [[place, estimate] as const])),
          band: points.flatMap(({ place, lo, hi }) => (lo === null || hi === null ? [] : [[place, lo, hi] as const])),
        }))}
      />
      {second && (
        <HelpNote>
          Lines that run in parallel: the effect of {factor?.title.toLowerCase()} is the same at each level of{' '}
          {second.title.toLowerCase()}. A point opens its networks and images.
        </HelpNote>
      )}
      {behind}
    </section>
  );
}

const shapes = [
  'M-4 0A4 4 0 1 1 4 0A4 4 0 1 1 -4 0Z',
  'M-4 -4H4V4H-4Z',
  'M0 -5L5 4H-5Z',
  'M0 -5L5 0L0 5L-5 0Z',
] as const;
/** Colors of lines, as `renderer/charts` gives them. */
const colors = 5;

const mark = (line: number) => <path d={shapes[line % shapes.length]} fill={`var(--series-${(line % colors) + 1})`} />;
