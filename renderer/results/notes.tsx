import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { type LeftOut, leftOutReasons, type ResultModel } from '../../main/contract/api/results-tables.ts';
import { taughtNote } from '../../main/domain/networks/taught-note.ts';
import { formatCount, formatFixed } from '../../main/domain/numbers/format.ts';
import { Empty, QueryState, HelpNote } from '../ui/parts/states.tsx';
import { designedGroups, groupTitle, useChoice } from './choice.tsx';
import { studyAddress } from '../navigation/addresses.ts';
import { absenceText } from '../../main/domain/results/absences.ts';
import { claimSentences } from '../../main/domain/results/claims.ts';
import type { ApiInterval } from '../../main/contract/results/exhibit.ts';
import type { PeopleAlone } from '../../main/contract/api/results.ts';
import { capitalize } from '../ui/words/rehearsal.tsx';
import { targetTitle, isAccuracy, compareTargets } from '../../main/domain/numbers/targets.ts';

/** Snapshots that are listed by name. */
const maxSnapshots = 200;

/** Snapshots missing from the results: how many for each reason, and their names on demand. */
export function LeftOutNotes({ leftOut }: { leftOut: readonly LeftOut[] }) {
  if (leftOut.length === 0) return null;
  const kinds = leftOutReasons.flatMap((why) => {
    const own = leftOut.filter((each) => each.why === why).length;
    return own === 0 ? [] : [`${own} ${absenceText(why)}`];
  });
  return (
    <details className="left-out">
      <summary>
        Missing from these results: {formatCount(leftOut.length, 'snapshot')} ({kinds.join(', ')})
      </summary>
      <ul>
        {leftOut.slice(0, maxSnapshots).map(({ name, model, target, why, detail }) => (
          <li key={name}>
            {model} at {targetTitle(target)}: {absenceText(why)}
            {detail !== '' && <span className="soft"> ({detail})</span>}
          </li>
        ))}
        {leftOut.length > maxSnapshots && <li>and {leftOut.length - maxSnapshots} more; the Models page lists all</li>}
      </ul>
    </details>
  );
}

/** Networks that were stopped by budget are not of equal accuracy: how far apart those of each target are. */
export function BudgetNotes({ models }: { models: readonly ResultModel[] }) {
  const stopped = models.filter(({ target }) => target !== null && !isAccuracy(target));
  const groups = [...Map.groupBy(stopped, ({ target }) => target ?? 0)].sort(([a], [b]) => compareTargets(a, b));
  return groups.map(([target, members]) => {
    const accuracies = members.flatMap(({ accuracy }) => accuracy ?? []);
    if (accuracies.length === 0) return null;
    const range = [Math.min(...accuracies), Math.max(...accuracies)].map((accuracy) => formatFixed(accuracy, 2));
    return (
      <HelpNote key={target}>
        Networks at {targetTitle(target)} were stopped by budget, not at one accuracy: their test accuracies are{' '}
        {[...new Set(range)].join(' to ')} %.{members.some(({ testedOnTaught }) => testedOnTaught) && ` ${taughtNote}`}
      </HelpNote>
    );
  });
}

/** The result of a query, or that it is loading, or why it failed. */
export function QueryResult<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined)
    return <div data-stale={query.isPlaceholderData || undefined}>{children(query.data)}</div>;
  return <QueryState query={query} loading="Computing results" lines={6} />;
}

/** Groups that are named. */
const maxGroups = 8;

/** Names incomplete seed groups: with fewer networks, disagreement is lower and certainty higher. */
export function Incomplete() {
  const { overview } = useChoice();
  const lacking = designedGroups(overview).filter(
    ({ group, models, planned }) => group.kind === 'seeds' && models < planned,
  );
  if (lacking.length === 0) return null;
  const named = lacking
    .slice(0, maxGroups)
    .map(({ group, models, planned }) => `${groupTitle(group, overview)} (${models} of ${planned})`);
  return (
    <HelpNote>
      Incomplete groups: {named.join('; ')}
      {lacking.length > maxGroups && ` and ${lacking.length - maxGroups} more`}. Fewer networks disagree on fewer images
      and appear more certain.
    </HelpNote>
  );
}

interface ClaimNoteProps {
  of: readonly (ApiInterval | null)[];
  people: string;
}

/** For whom intervals hold, by the mark that stands behind them. */
export function ClaimNote({ of, people }: ClaimNoteProps) {
  const sentences = claimSentences(
    of.filter((each) => each !== null),
    people,
  );
  if (sentences.length === 0) return null;
  return <HelpNote>95 % intervals. The letter behind one says for whom it holds. {sentences.join(' ')}</HelpNote>;
}

/** Shown instead of results that the study does not have yet, with a link to the next step. */
export function NotYet({ title, children }: { title: string; children: ReactNode }) {
  const { study } = useChoice();
  const link = (
    <Button variant="filled" component={Link} href={studyAddress(study)}>
      Open the overview
    </Button>
  );
  return (
    <Empty title={title} actions={link}>
      {children}
    </Empty>
  );
}

interface LeaveOneOutProps {
  of: PeopleAlone['leaveOneOut'];
  /** Who labeled. */
  people: string;
}

/** On how many images people disagree when any one of them is left out. */
export function LeaveOneOut({ of, people }: LeaveOneOutProps) {
  // With one of two left out, nobody can disagree.
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

/** Headings of the columns of images on which people agree and disagree. */
export function AgreeHeads({ people }: { people: string }) {
  return ['agree', 'disagree'].map((what) => (
    <th key={what} scope="col" data-raters="people">
      {capitalize(people)} {what}
    </th>
  ));
}
