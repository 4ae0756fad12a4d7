import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { outcomeDecimals } from '../../../../main/contributions/contrasts/contract/size-plan.ts';
import type { EffectsInput, EffectsResult } from '../../../../main/contributions/effects/contract/effects.ts';
import { isQuantity } from '../../../../main/domain/results/index.ts';
import { meta, useEffectsApi } from '../api.ts';
import { NumberField } from '../../../ui/fields/index.ts';
import { usePeople } from '../../../ui/words/index.ts';
import { QuantityText, QueryResult, useChoice, useParameters } from '../../../results/index.ts';
import { EffectPlanner } from './effect-planner.tsx';
import { type AnsweredQuestion, OpeningFigure, OpeningTable, useOpenNumbers } from './effect-source.tsx';
import { OverStudies } from './over-studies.tsx';
import { parseEffectsQuestion } from './question.ts';
import '../effects.css';

type Asked = NonNullable<EffectsResult['asked']>;

/** The question as the address has it; what it leaves out the program chooses. */
export function useEffectsInput(): EffectsInput {
  const { study, labelers } = useChoice();
  const [parameters] = useParameters();
  return { study, labelers, ...parseEffectsQuestion(parameters) };
}

/** What architecture, optimizer and training do: effects with intervals that hold. */
export function EffectsView() {
  const api = useEffectsApi();
  const input = useEffectsInput();
  const answer = useQuery(api.result.queryOptions({ input, placeholderData: keepPreviousData, meta }));
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
    <div className="results-question">
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

interface EffectsProps {
  data: EffectsResult;
  asked: Asked;
  input: EffectsInput;
}

function Effects({ data, asked, input }: EffectsProps) {
  const { differences, table, cells, variance, ranking, interaction, slope, means } = data;
  const factor = data.factors.find(({ key }) => key === asked.factor);
  const others = factor?.levels.filter(({ value }) => value !== asked.reference) ?? [];
  const levels = others.map(({ value, text }) => ({ value, label: text }));
  // What was opened belongs to one question.
  const key = JSON.stringify([input, asked]);
  return (
    <>
      {differences && <OpeningFigure key={`differences ${key}`} figure={differences} asked={asked} input={input} />}
      {table && <OpeningTable key={`table ${key}`} exhibit={table} asked={asked} input={input} />}
      {slope && <Slope key={`slope ${key}`} slope={slope} asked={asked} input={input} />}
      {ranking &&
        (ranking.rows.length > 0 ? (
          <OpeningTable key={`ranking ${key}`} exhibit={ranking} asked={asked} input={input} />
        ) : (
          <p className="results-section">{ranking.notes.join(' ')}</p>
        ))}
      {means && <OpeningFigure key={`means ${key}`} figure={means} asked={asked} input={input} />}
      {interaction && interaction.rows.length > 0 && (
        <OpeningTable key={`interaction ${key}`} exhibit={interaction} asked={asked} input={input} />
      )}
      {variance && <OpeningTable key={`variance ${key}`} exhibit={variance} asked={asked} input={input} />}
      <OverStudies input={input} asked={asked} levels={levels} />
      <EffectPlanner input={input} asked={asked} levels={levels} />
      {cells && <OpeningTable key={`cells ${key}`} exhibit={cells} asked={asked} input={input} />}
    </>
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
          decimals={outcomeDecimals(question.asked.unit) + 1}
          label={title}
          onOpen={effect && (() => open(effect))}
          actionName="show networks and images"
        />
      </p>
      {behind}
    </>
  );
}
