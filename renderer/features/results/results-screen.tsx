import { QueryState } from '../../ui/parts/states.tsx';
import { Group, Title, Box } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ComponentType, type ReactNode, useMemo } from 'react';
import { Link, useParams } from 'wouter';
import type { ResultsOverview } from '../../../main/contract/api/results-tables.ts';
import { NotFound } from '../../navigation/not-found.tsx';
import { useApi } from '../../client/context.tsx';
import { RehearsalMark } from '../../ui/words/badges.tsx';
import { formatCount } from '../../../main/domain/numbers/format.ts';
import { RehearsalProvider, usePeople } from '../../ui/words/rehearsal.tsx';
import { useStudy } from '../../navigation/addresses.ts';
import {
  parseClaim,
  parseGroup,
  groupText,
  parseLabelers,
  useParameters,
  useViewAddress,
  type CoreView,
  coreViews,
} from '../../results/address.ts';
import { FindingText } from '../../results/finding.tsx';
import { AgreementView } from './agreement-view.tsx';
import { CertaintyView } from './certainty-view.tsx';
import { type Choice, ChoiceProvider, designedGroups, useChoice } from '../../results/choice.tsx';
import { BudgetNotes, LeftOutNotes, NotYet, QueryResult } from '../../results/notes.tsx';
import { ImageDrawer } from './image-drawer.tsx';
import { ImagesDrawer } from './images-drawer.tsx';
import { LabelsView, StimuliView } from './stimuli-view.tsx';
import { PeopleView, TypesView } from './types-view.tsx';
import { ClaimPicker, GroupPicker, LabelersPicker } from '../../results/pickers.tsx';
import { resultQuestions } from '../../ui/words/result-questions.ts';
import { StepState } from '../../ui/parts/step-state.tsx';
import { listAt } from '../../ui/places/places.ts';
import './results.css';
import { SoftmaxView } from './softmax-view.tsx';

const viewScreens: Record<CoreView, () => ReactNode> = {
  types: TypesView,
  softmax: SoftmaxView,
  certainty: CertaintyView,
  stimuli: StimuliView,
  agreement: AgreementView,
};

/** Whether a view chooses its networks, or its labelers, itself; networks also of a study that has them all in sweeps. */
const choosesItself = (view: string, what: 'networks' | 'labelers'): boolean =>
  listAt('results.views').some(({ id, chooses = [] }) => id === view && chooses.includes(what));

/** Screens of the views in a study without groups of networks. */
const peopleScreens: Record<CoreView, () => ReactNode> = {
  types: PeopleView,
  softmax: needsNetworks('Softmax', 'It shows how certain networks are, by type of image, and how well calibrated.'),
  certainty: needsNetworks('Certainty', 'It shows whether networks are uncertain where people are.'),
  stimuli: LabelsView,
  agreement: AgreementView,
};

function needsNetworks(view: string, purpose: string) {
  return () => <NeedsNetworks view={view} purpose={purpose} />;
}

function NeedsNetworks({ view, purpose }: { view: string; purpose: string }) {
  const { overview } = useChoice();
  const others = listAt('results.views').flatMap(({ name, chooses = [], isOffered }) =>
    chooses.includes('networks') && isOffered(overview) ? [name] : [],
  );
  const compare = others.length === 1 ? 'compares' : 'compare';
  return overview.models.length > 0 ? (
    <NotYet title={`${view} needs diverse networks or seed groups`}>
      {purpose} All networks of this study are in sweeps or other collections
      {others.length > 0 && `, which ${others.join(' and ')} ${compare}`}.
    </NotYet>
  ) : (
    <NotYet title={`${view} needs networks`}>
      {purpose} It appears once networks have predicted the stimuli. The overview shows the next step.
    </NotYet>
  );
}

/** A view's screen. @param hasNetworks whether the study has groups of networks */
function screenOf(view: string, hasNetworks: boolean): ComponentType {
  const added = listAt('results.views').find(({ id }) => id === view);
  if (added) return hasNetworks || added.shows === null ? added.View : needsNetworks(added.name, added.shows);
  const core = coreViews.find(({ id }) => id === view)?.id ?? 'types';
  return (hasNetworks ? viewScreens : peopleScreens)[core];
}

/** Results of a study. The address holds the chosen group, labelers and open images. */
export function ResultsScreen() {
  const study = useStudy();
  const { view = 'types' } = useParams<{ view?: string }>();
  const api = useApi();
  const overview = useQuery(api.results.overview.queryOptions({ input: { study } }));
  const isKnown = [...coreViews, ...listAt('results.views')].some(({ id }) => id === view);
  if (!isKnown) return <NotFound />;
  return (
    <div className="page">
      {overview.isError || !overview.data ? (
        <QueryState query={overview} loading="Reading the results" lines={8} />
      ) : (
        <Results study={study} overview={overview.data} view={view} />
      )}
    </div>
  );
}

interface ResultsProps {
  study: string;
  overview: ResultsOverview;
  view: string;
}

function Results({ study, overview, view }: ResultsProps) {
  const [parameters, change] = useParameters();
  const [wantedGroup, wantedLabelers] = [parameters.get('group'), parameters.get('labelers')];
  const wantedClaim = parameters.get('claim');
  const choice = useMemo((): Choice => {
    const group =
      overview.models.length === 0 ? null : (parseGroup(wantedGroup) ?? designedGroups(overview)[0]?.group ?? null);
    const labelers = parseLabelers(wantedLabelers);
    const claim = parseClaim(wantedClaim);
    // Nobody can be left out of counts, so that no interval is about other people.
    const isAboutPeople = claim === 'people' || claim === 'all';
    return { study, overview, group, labelers, claim: overview.counted && isAboutPeople ? 'default' : claim };
  }, [study, overview, wantedGroup, wantedLabelers, wantedClaim]);
  const rehearsal = isRehearsal(overview, choice.labelers);
  const isOwnChoice = choosesItself(view, 'networks');
  const hasNetworks = choice.group !== null || (isOwnChoice && overview.models.length > 0);
  const Part = screenOf(view, hasNetworks);
  return (
    <ChoiceProvider value={choice}>
      <RehearsalProvider value={rehearsal}>
        <Group component="header" className="results-head" gap="8px 16px">
          <Title order={1}>Results</Title>
          {rehearsal && <RehearsalMark />}
          <StepState study={study} step="analysis" />
          {overview.missing === null && (
            <Group gap="sm" ml="auto">
              {choice.group && !isOwnChoice && (
                <GroupPicker
                  label="Networks"
                  overview={overview}
                  group={choice.group}
                  onGroup={(group) => change({ group: groupText(group) }, true)}
                />
              )}
              {!choosesItself(view, 'labelers') && (
                <LabelersPicker
                  label="Labelers"
                  overview={overview}
                  labelers={choice.labelers}
                  onLabelers={(ids) => change({ labelers: ids === null ? null : ids.join(',') }, true)}
                />
              )}
              {!isOwnChoice && (
                <ClaimPicker
                  claim={choice.claim}
                  hasNetworks={choice.group !== null}
                  isCounted={overview.counted !== null}
                  onClaim={(claim) => change({ claim: claim === 'default' ? null : claim }, true)}
                />
              )}
            </Group>
          )}
        </Group>
        {overview.missing === null && <Found />}
        <Parts view={view} overview={overview} />
        <Notes overview={overview} />
        <div className={rehearsal ? 'results-body rehearsal-ground' : 'results-body'}>
          {overview.missing === null ? <Part /> : <NotYet title="No results yet">{overview.missing}</NotYet>}
        </div>
        <ImagesDrawer />
        <ImageDrawer />
      </RehearsalProvider>
    </ChoiceProvider>
  );
}

/** Whether any included labeler is simulated. */
const isRehearsal = ({ people }: ResultsOverview, labelers: readonly number[] | null): boolean =>
  people.some(({ id, simulated }) => simulated && (labelers === null || labelers.includes(id)));

/** What was found about the chosen networks and labelers. */
function Found() {
  const { study, labelers, claim, group } = useChoice();
  const input = { study, labelers, claim, group };
  const finding = useQuery(useApi().results.finding.queryOptions({ input, placeholderData: keepPreviousData }));
  return <QueryResult query={finding}>{(data) => <FindingText of={data} />}</QueryResult>;
}

/**
 * Questions as tabs, and under them the views that answer the open one. A view of a contribution that has nothing to show of a
 * study is named only where it is open.
 */
function Parts({ view, overview }: { view: string; overview: ResultsOverview }) {
  const address = useViewAddress();
  const added = listAt('results.views').filter(({ id, isOffered }) => view === id || isOffered(overview));
  const byQuestion = Map.groupBy([...coreViews, ...added], ({ question }) => question ?? resultQuestions[0].id);
  const isOpen = ({ id }: { id: string }): boolean => id === view;
  const open = [...byQuestion.values()].find((views) => views.some(isOpen)) ?? [];
  return (
    <nav className="results-parts" aria-label="Views of the results">
      <div className="results-questions">
        {resultQuestions.map(({ id, name }) => {
          const [first] = byQuestion.get(id) ?? [];
          return (
            first && (
              <Link key={id} href={address(first.id)} aria-current={open.includes(first) ? 'true' : undefined}>
                {name}
              </Link>
            )
          );
        })}
      </div>
      <div className="results-views">
        {open.map(({ id, name }) => (
          <Link key={id} href={address(id)} aria-current={id === view ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </div>
    </nav>
  );
}

/** Missing networks and labels. */
function Notes({ overview }: { overview: ResultsOverview }) {
  const { determined, images, labelers, leftOut, missing, models, unsaid } = overview;
  const isOfPeople = missing === null && models.length === 0;
  const people = usePeople();
  const notes = [
    ...(isOfPeople ? [`No network has predicted the stimuli yet: these results are about ${people} only.`] : []),
    ...(labelers > 0 && determined < images
      ? [
          `${determined} of ${images} images have two labels or more; ` +
            (isOfPeople ? 'the others do not count as disagreement.' : 'the others have no type.'),
        ]
      : []),
    ...missingLabelNotes(unsaid),
  ];
  return (
    <Box className="results-notes" c="dimmed" m="8px 0 10px">
      {notes.length > 0 && <p>{notes.join(' ')}</p>}
      <BudgetNotes models={models} />
      <LeftOutNotes leftOut={leftOut} />
    </Box>
  );
}

/** Missing labels by reason. */
function missingLabelNotes({ cannotTell, timedOut, blank }: ResultsOverview['unsaid']): string[] {
  const kinds = [
    ...(cannotTell > 0 ? [`${formatCount(cannotTell, 'answer')} “can’t tell”`] : []),
    ...(timedOut > 0 ? [`${timedOut} out of time`] : []),
    ...(blank > 0 ? [`${blank} left blank`] : []),
  ];
  return kinds.length === 0 ? [] : [`Counted as missing: ${kinds.join(', ')}.`];
}
