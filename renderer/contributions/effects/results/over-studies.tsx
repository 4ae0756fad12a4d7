import { Button, Checkbox, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import {
  type EffectsInput,
  type EffectsResult,
  mostStudies,
  type ReportedOverStudies,
} from '../../../../main/contributions/effects/contract/effects.ts';
import { mostOverStudies, type ReportChoice } from '../../../../main/contract/api/index.ts';
import { FigureView } from '../../../charts/index.ts';
import { useApi, useReportChoice } from '../../../client/index.ts';
import { meta, useEffectsApi } from '../api.ts';
import { ErrorNotice, HelpNote } from '../../../ui/parts/index.ts';
import { ExhibitTable, QueryResult, useParameters } from '../../../results/index.ts';
import { effectsAddress } from './question.ts';

interface OverStudiesProps {
  input: EffectsInput;
  asked: NonNullable<EffectsResult['asked']>;
  levels: readonly { value: string; label: string }[];
}

/** Whether an effect holds more generally: in further studies of the data folder, and over all of them. */
export function OverStudies({ input, asked, levels }: OverStudiesProps) {
  const api = useEffectsApi();
  const [parameters, change] = useParameters();
  const [chosenLevel, setLevel] = useState<string | null>(null);
  const level = chosenLevel ?? levels[0]?.value ?? '';
  const { factor } = asked;
  const others = useQuery(
    api.studies.queryOptions({
      meta,
      input: { study: input.study, factor, level, reference: asked.reference },
    }),
  );
  const chosen = parseNames(parameters.get('studies'));
  return (
    <section className="results-section" aria-labelledby="over-studies">
      <h2 id="over-studies">Does it hold in other studies?</h2>
      <QueryResult query={others}>
        {({ studies }) => {
          const known = studies.slice(0, mostStudies).filter((study) => chosen.includes(study));
          const question = { ...input, outcome: asked.outcome, factor, reference: asked.reference, m: asked.m };
          return (
            <>
              <div className="results-question">
                <Select
                  label="Effect of"
                  w={220}
                  allowDeselect={false}
                  data={levels}
                  value={level}
                  onChange={setLevel}
                />
                {studies.length > 0 && (
                  <Checkbox.Group
                    label="Combined with"
                    value={known}
                    onChange={(names) => change({ studies: namesText(names) }, true)}
                  >
                    <div className="effect-buttons">
                      {studies.map((study) => (
                        <Checkbox key={study} value={study} label={study} />
                      ))}
                    </div>
                  </Checkbox.Group>
                )}
              </div>
              {studies.length === 0 ? (
                <HelpNote>
                  No other study of this data folder has networks at both levels. Import another lab’s archive, or train
                  the same recipes on other data, other anchors or another generator.
                </HelpNote>
              ) : known.length === 0 ? (
                <HelpNote>
                  Choose studies that are independent of this one: other data sets, generators or anchors.
                </HelpNote>
              ) : (
                <Combined input={{ ...question, level, studies: known.map((study) => ({ study })) }} />
              )}
            </>
          );
        }}
      </QueryResult>
    </section>
  );
}

interface CombinedProps {
  input: EffectsInput & {
    outcome: string;
    factor: string;
    reference: string;
    level: string;
    studies: { study: string }[];
  };
}

function Combined({ input }: CombinedProps) {
  const api = useEffectsApi();
  const answer = useQuery(api.overStudies.queryOptions({ input, placeholderData: keepPreviousData, meta }));
  const openEffects = useOpenEffects(input);
  return (
    <QueryResult query={answer}>
      {({ figure, combined, table }) => (
        <>
          <FigureView figure={figure} />
          <HelpNote>In the table, click a number of another study to open its effects.</HelpNote>
          <ExhibitTable exhibit={table} onOpen={(_, __, [study]) => openEffects(String(study))} />
          {combined > 1 && <InReport input={input} title={figure.title} />}
        </>
      )}
    </QueryResult>
  );
}

/** Opens the same question in another study, of all its labelers; undefined: the study asked about, or none. */
function useOpenEffects(
  input: CombinedProps['input'],
): (study: string) => { run: () => void; name: string } | undefined {
  const [, navigate] = useLocation();
  return (study) =>
    input.studies.some((each) => each.study === study)
      ? { run: () => navigate(effectsAddress(study, input)), name: `show the effects of ${study}` }
      : undefined;
}

/** Whether the report has this effect over studies, and a button that changes that. */
function InReport({ input, title }: CombinedProps & { title: string }) {
  const { study, labelers: _, second: __, ...question } = input;
  const api = useApi();
  const state = useQuery(api.report.state.queryOptions({ input: { study } }));
  const { save, store } = useReportChoice(study);
  const choice = state.data?.choice;
  if (!choice) return null;
  const names = question.studies.map((each) => each.study);
  const own: ReportedOverStudies = { ...question, title: `${title}, with ${names.join(', ')}` };
  const others = choice.overStudies.filter((each) => keyOf(each) !== keyOf(own));
  const isChosen = others.length < choice.overStudies.length;
  const change = (): void =>
    store({
      ...choice,
      overStudies: isChosen ? others : [...others, own],
      sections: isChosen || choice.sections.includes('effects') ? choice.sections : [...choice.sections, 'effects'],
    });
  return (
    <>
      <div className="effect-buttons">
        <Button loading={save.isPending} disabled={!isChosen && others.length >= mostOverStudies} onClick={change}>
          {isChosen ? 'Remove from the report' : 'Add to the report'}
        </Button>
        {isChosen && <span className="soft">The report has it under Effects.</span>}
        {!isChosen && others.length >= mostOverStudies && (
          <span className="soft">The report has {mostOverStudies} of them: remove one first.</span>
        )}
      </div>
      {save.isError && <ErrorNotice error={save.error} />}
    </>
  );
}

/** Which question it is, whatever it is called. */
const keyOf = ({ title: _, ...question }: ReportChoice['overStudies'][number]): string =>
  JSON.stringify(Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1)));

const parseNames = (text: string | null): string[] => (text === null ? [] : text.split(',').flatMap(decoded));

const namesText = (names: readonly string[]): string | null =>
  names.length === 0 ? null : names.map(encodeURIComponent).join(',');

function decoded(text: string): string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}
