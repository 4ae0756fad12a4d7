import { Button, Group, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { Link, useParams } from 'wouter';
import type { ResultsOverview } from '../../../main/contract/api/results-tables.ts';
import { NotFound } from '../../app/not-found.tsx';
import { studyAddress } from '../../app/study-steps.ts';
import { useApi } from '../../client/context.tsx';
import { RehearsalMark } from '../../ui/badges.tsx';
import { counted } from '../../ui/numbers.ts';
import { RehearsalProvider } from '../../ui/rehearsal.tsx';
import { Empty, Loading, Refused } from '../../ui/states.tsx';
import {
  groupOf,
  groupText,
  labelersOf,
  useParameters,
  useStudy,
  useViewAddress,
  type ViewId,
  views,
} from './address.ts';
import { AgreementView } from './agreement-view.tsx';
import { AlongView } from './along-view.tsx';
import { CertaintyView } from './certainty-view.tsx';
import { type Choice, ChoiceProvider, groupsOf } from './choice.tsx';
import { CompareView } from './compare-view.tsx';
import { LeftOutNotes } from './left-out-notes.tsx';
import { ImageDrawer } from './image-drawer.tsx';
import { ImagesDrawer } from './images-drawer.tsx';
import { GroupPicker, LabelersPicker } from './pickers.tsx';
import './results.css';
import './results-tables.css';
import { SoftmaxView } from './softmax-view.tsx';
import { StimuliView } from './stimuli-view.tsx';
import { TypesView } from './types-view.tsx';

const parts: Record<ViewId, () => ReactNode> = {
  types: TypesView,
  softmax: SoftmaxView,
  certainty: CertaintyView,
  stimuli: StimuliView,
  along: AlongView,
  agreement: AgreementView,
  compare: CompareView,
};

/** What networks and people did on the stimuli; groups, labelers and what is open are in the address. */
export function ResultsScreen() {
  const study = useStudy();
  const { view = 'types' } = useParams<{ view?: string }>();
  const api = useApi();
  const overview = useQuery(api.results.overview.queryOptions({ input: { study } }));
  const known = views.find(({ id }) => id === view);
  if (!known) return <NotFound />;
  return (
    <div className="results-page">
      {overview.isError ? (
        <Refused error={overview.error} onRetry={() => void overview.refetch()} />
      ) : overview.data ? (
        <Results study={study} overview={overview.data} view={known.id} />
      ) : (
        <Loading label="Reading the results" lines={8} />
      )}
    </div>
  );
}

interface ResultsProps {
  study: string;
  overview: ResultsOverview;
  view: ViewId;
}

function Results({ study, overview, view }: ResultsProps) {
  const [parameters, change] = useParameters();
  const [asked, whose] = [parameters.get('group'), parameters.get('labelers')];
  const choice = useMemo((): Choice => {
    const group = groupOf(asked) ?? groupsOf(overview)[0]?.group ?? null;
    return { study, overview, group, labelers: labelersOf(whose) };
  }, [study, overview, asked, whose]);
  const rehearsal = isRehearsal(overview, choice.labelers);
  const Part = parts[view];
  return (
    <ChoiceProvider value={choice}>
      <RehearsalProvider value={rehearsal}>
        <header className="results-head">
          <Title order={1}>Results</Title>
          {rehearsal && <RehearsalMark />}
          {choice.group && (
            <Group gap="sm" ml="auto">
              <GroupPicker
                label="Networks"
                overview={overview}
                group={choice.group}
                onGroup={(group) => change({ group: groupText(group) }, true)}
              />
              <LabelersPicker
                label="Labelers"
                overview={overview}
                labelers={choice.labelers}
                onLabelers={(ids) => change({ labelers: ids === null ? null : ids.join(',') }, true)}
              />
            </Group>
          )}
        </header>
        <Parts view={view} />
        <Notes overview={overview} />
        <div className={rehearsal ? 'results-body rehearsal-ground' : 'results-body'}>
          {overview.missing !== null || !choice.group ? (
            <NothingYet study={study} missing={overview.missing} />
          ) : (
            <Part />
          )}
        </div>
        <ImagesDrawer />
        <ImageDrawer />
      </RehearsalProvider>
    </ChoiceProvider>
  );
}

/** Whether any of the labelers that count is simulated, as every answer says it of itself. */
const isRehearsal = ({ people }: ResultsOverview, labelers: readonly number[] | null): boolean =>
  people.some(({ id, simulated }) => simulated && (labelers === null || labelers.includes(id)));

function Parts({ view }: { view: ViewId }) {
  const address = useViewAddress();
  return (
    <nav className="results-parts" aria-label="Parts of the results">
      {views.map(({ id, name }) => (
        <Link key={id} href={address(id)} aria-current={id === view ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}

/** What is not in the numbers, before the numbers. */
function Notes({ overview: { determined, images, labelers, leftOut, unsaid } }: { overview: ResultsOverview }) {
  const notes = [
    ...(labelers === 0 && images > 0
      ? ['Nobody has labelled yet: numbers that need people are not defined; those of networks alone are.']
      : []),
    ...(labelers > 0 && determined < images
      ? [`${determined} of ${images} images have two labels or more; the others have no type.`]
      : []),
    ...unsaidNotes(unsaid),
  ];
  return (
    <div className="results-notes">
      {notes.length > 0 && <p>{notes.join(' ')}</p>}
      <LeftOutNotes leftOut={leftOut} />
    </div>
  );
}

/** Answers that are no label, by kind. */
function unsaidNotes({ cannotTell, timedOut, blank }: ResultsOverview['unsaid']): string[] {
  const kinds = [
    ...(cannotTell > 0 ? [`${counted(cannotTell, 'answer')} “can’t tell”`] : []),
    ...(timedOut > 0 ? [`${timedOut} out of time`] : []),
    ...(blank > 0 ? [`${blank} left blank`] : []),
  ];
  return kinds.length === 0 ? [] : [`Counted as missing: ${kinds.join(', ')}.`];
}

function NothingYet({ study, missing }: { study: string; missing: string | null }) {
  return (
    <Empty
      title="No results yet"
      actions={
        <Button component={Link} href={studyAddress(study)}>
          Go to the overview
        </Button>
      }
    >
      {missing ?? 'No networks have answered for the stimuli yet. Results come as soon as two have.'}
    </Empty>
  );
}
