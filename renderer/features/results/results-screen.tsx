import { Button, Group, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { Link, useParams } from 'wouter';
import type { ResultsOverview } from '../../../main/contract/api/results-tables.ts';
import { NotFound } from '../../navigation/not-found.tsx';
import { studyAddress } from '../../navigation/addresses.ts';
import { useApi } from '../../client/context.tsx';
import { RehearsalMark } from '../../ui/badges.tsx';
import { formatCount } from '../../../main/domain/format.ts';
import { RehearsalProvider, usePeople } from '../../ui/rehearsal.tsx';
import { Empty, ErrorNotice, Loading } from '../../ui/states.tsx';
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
import { LeftOutNotes, NeedsNetworks } from './notes.tsx';
import { ImageDrawer } from './image-drawer.tsx';
import { ImagesDrawer } from './images-drawer.tsx';
import { LabelsView } from './labels-view.tsx';
import { PeopleView } from './people-view.tsx';
import { GroupPicker, LabelersPicker } from './pickers.tsx';
import './results.css';
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

/** The same where no network has answered: what people alone say. */
const partsOfPeople: Record<ViewId, () => ReactNode> = {
  types: PeopleView,
  softmax: () => (
    <NeedsNetworks part="Softmax">How sure networks are, by type of image, and how rightly so.</NeedsNetworks>
  ),
  certainty: () => <NeedsNetworks part="Certainty">Whether networks are unsure where people are.</NeedsNetworks>,
  stimuli: LabelsView,
  along: AlongView,
  agreement: AgreementView,
  compare: () => (
    <NeedsNetworks part="Compare">Two groups of networks beside each other, image by image.</NeedsNetworks>
  ),
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
        <ErrorNotice error={overview.error} onRetry={() => void overview.refetch()} />
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
    const group = overview.models.length === 0 ? null : (groupOf(asked) ?? groupsOf(overview)[0]?.group ?? null);
    return { study, overview, group, labelers: labelersOf(whose) };
  }, [study, overview, asked, whose]);
  const rehearsal = isRehearsal(overview, choice.labelers);
  const Part = (choice.group ? parts : partsOfPeople)[view];
  return (
    <ChoiceProvider value={choice}>
      <RehearsalProvider value={rehearsal}>
        <header className="results-head">
          <Title order={1}>Results</Title>
          {rehearsal && <RehearsalMark />}
          {overview.missing === null && (
            <Group gap="sm" ml="auto">
              {choice.group && (
                <GroupPicker
                  label="Networks"
                  overview={overview}
                  group={choice.group}
                  onGroup={(group) => change({ group: groupText(group) }, true)}
                />
              )}
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
          {overview.missing === null ? <Part /> : <NothingYet study={study} missing={overview.missing} />}
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
function Notes({ overview }: { overview: ResultsOverview }) {
  const { determined, images, labelers, leftOut, missing, models, unsaid } = overview;
  const isOfPeople = missing === null && models.length === 0;
  const people = usePeople();
  const notes = [
    ...(isOfPeople ? [`No network has seen the stimuli yet: this is what ${people} alone say.`] : []),
    ...(labelers === 0 && images > 0
      ? [
          'Nobody has labelled yet: numbers that need people are not defined' +
            (models.length > 0 ? '; those of networks alone are.' : '.'),
        ]
      : []),
    ...(labelers > 0 && determined < images
      ? [
          `${determined} of ${images} images have two labels or more; ` +
            (isOfPeople ? 'on the others nobody can disagree.' : 'the others have no type.'),
        ]
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
    ...(cannotTell > 0 ? [`${formatCount(cannotTell, 'answer')} “can’t tell”`] : []),
    ...(timedOut > 0 ? [`${timedOut} out of time`] : []),
    ...(blank > 0 ? [`${blank} left blank`] : []),
  ];
  return kinds.length === 0 ? [] : [`Counted as missing: ${kinds.join(', ')}.`];
}

function NothingYet({ study, missing }: { study: string; missing: string }) {
  return (
    <Empty
      title="No results yet"
      actions={
        <Button component={Link} href={studyAddress(study)}>
          Go to the overview
        </Button>
      }
    >
      {missing}
    </Empty>
  );
}
