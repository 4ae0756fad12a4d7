import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { LeftOut, leftOutReasons } from '../../../main/contract/api/results-tables.ts';
import { formatCount } from '../../../main/domain/format.ts';
import { Empty, ErrorNotice, Loading } from '../../ui/states.tsx';
import { groupsOf, groupTitle, useChoice } from './choice.tsx';
import { studyAddress } from '../../navigation/addresses.ts';
import type { PeopleAlone } from '../../../main/contract/api/results.ts';
import { capitalize } from '../../ui/rehearsal.tsx';

type Reason = (typeof leftOutReasons)[number];

const reasons: Record<Reason, string> = {
  missed: 'missed the target',
  failed: 'failed',
  cancelled: 'cancelled',
  unfinished: 'not trained yet',
  unasked: 'not asked about the stimuli yet',
};

/** `missed the target`. */
export const leftOutReason = (why: Reason): string => reasons[why];

/** So many are listed by name. */
const maxSnapshots = 200;

/** Networks that no number here counts, and why: how many of each kind, and their names on demand. */
export function LeftOutNotes({ leftOut }: { leftOut: readonly LeftOut[] }) {
  if (leftOut.length === 0) return null;
  const kinds = (Object.keys(reasons) as Reason[]).flatMap((why) => {
    const own = leftOut.filter((each) => each.why === why).length;
    return own === 0 ? [] : [`${own} ${reasons[why]}`];
  });
  return (
    <details className="left-out">
      <summary>
        Not in these numbers: {formatCount(leftOut.length, 'snapshot')} ({kinds.join(', ')})
      </summary>
      <ul>
        {leftOut.slice(0, maxSnapshots).map(({ name, model, target, why, detail }) => (
          <li key={name}>
            {model} at {target} %: {reasons[why]}
            {detail !== '' && <span className="soft"> ({detail})</span>}
          </li>
        ))}
        {leftOut.length > maxSnapshots && <li>and {leftOut.length - maxSnapshots} more; Models lists them all</li>}
      </ul>
    </details>
  );
}

/** What a call answered, or that it is on its way, or why it was refused. */
export function Answered<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined)
    return <div data-stale={query.isPlaceholderData || undefined}>{children(query.data)}</div>;
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading label="Working it out" lines={6} />;
}

/** So many groups are named. */
const maxGroups = 8;

/** Names seed groups that lack networks: fewer networks disagree less, and are more certain. */
export function Incomplete() {
  const { overview } = useChoice();
  const lacking = groupsOf(overview).filter(({ group, models, planned }) => group.kind === 'seeds' && models < planned);
  if (lacking.length === 0) return null;
  const named = lacking
    .slice(0, maxGroups)
    .map(({ group, models, planned }) => `${groupTitle(group, overview)} (${models} of ${planned})`);
  return (
    <p className="help-note">
      Not all networks are there in {named.join('; ')}
      {lacking.length > maxGroups && ` and ${lacking.length - maxGroups} more groups`}: fewer networks disagree on fewer
      images, and seem more certain.
    </p>
  );
}

interface IntervalNoteProps {
  /** What was drawn: `pairs of classes`. */
  drawn: string;
  /** So many of them; left out where it is not the same for all intervals. */
  units?: number | undefined;
}

/** How the intervals above were made. */
export function IntervalNote({ drawn, units }: IntervalNoteProps) {
  return (
    <p className="help-note">
      Intervals: 95 %, bootstrap over {units === undefined ? drawn : `n = ${units} ${drawn}`}, 1000 resamples, BCa with
      quantiles expanded for few {drawn} (Efron 1987, Hesterberg 2015).
    </p>
  );
}

interface NeedsNetworksProps {
  /** `Softmax`. */
  part: string;
  /** What it shows. */
  children: string;
}

/** A part of Results that is nothing without networks: what it would show, and the way to them. */
export function NeedsNetworks({ part, children }: NeedsNetworksProps) {
  const { study } = useChoice();
  return (
    <Empty
      title={`${part} needs networks`}
      actions={
        <Button component={Link} href={studyAddress(study)}>
          Go to the overview
        </Button>
      }
    >
      {children} It comes as soon as networks have answered for the stimuli; the overview says what is to be done next.
    </Empty>
  );
}

export interface LeaveOneOutProps {
  of: PeopleAlone['leaveOneOut'];
  /** Who labelled. */
  people: string;
}

/** On how many images people disagree with any one of them left out. */
export function LeaveOneOut({ of, people }: LeaveOneOutProps) {
  // Of two, nobody is left to disagree.
  if (of.length < 3) return null;
  return (
    <>
      With one labeler left out, {people} disagree on {imagesText(of.map(({ disagree }) => disagree))}.
    </>
  );
}

function imagesText(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? formatCount(most, 'image') : `${least} to ${formatCount(most, 'image')}`;
}

/** Heads of the columns of images on which people agree, and disagree. */
export function AgreeHeads({ people }: { people: string }) {
  return ['agree', 'disagree'].map((what) => (
    <th key={what} scope="col" data-whose="people">
      {capitalize(people)} {what}
    </th>
  ));
}
