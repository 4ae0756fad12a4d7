import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useApi, useClient } from '../client/context.tsx';
import { runStateName } from '../ui/badges.tsx';
import { showRefusal } from '../ui/toasts.tsx';
import { studyAddress, studyFromAddress, studySteps } from '../navigation/addresses.ts';
import { openShortcuts } from './shortcuts.tsx';

/** Runs that are offered at a time. */
const mostRuns = 8;
/** Letters from which runs are looked for. */
const runsFrom = 2;

/** Ctrl K: every screen, study, run and action by its name. */
export function CommandPalette() {
  const [query, setQuery] = useState('');
  const [opened, setOpened] = useState(false);
  useFirstSelected(query);
  const close = (): void => {
    setOpened(false);
    setQuery('');
  };
  const groups = [useScreens(), useStudies(opened), useRuns(opened ? query : ''), useActions()];
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={close}
      // Its own way comes late, and would take what was typed since it was opened again.
      clearQueryOnClose={false}
      shortcut="mod + K"
      tagsToIgnore={[]}
      triggerOnContentEditable
      scrollable
      maxHeight="60vh"
      limit={30}
      highlightQuery
      nothingFound="Nothing of that name"
      searchProps={{ placeholder: 'Screen, study, run or command', 'aria-label': 'Screen, study, run or command' }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'What was found' } }}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': 'Search or command' } }}
    />
  );
}

/** Opens it, for the button in the header. */
export const openPalette = spotlight.open;

function useScreens(): SpotlightActionGroupData {
  const [address, navigate] = useLocation();
  const study = studyFromAddress(address);
  const to = (name: string, path: string, description?: string): SpotlightActionData => ({
    id: `screen ${path}`,
    label: name,
    ...(description !== undefined && { description }),
    onClick: () => navigate(path),
  });
  const steps = study === null ? [] : studySteps.map(({ name, path }) => to(name, studyAddress(study, path), study));
  return { group: 'Screens', actions: [to('Studies', '/studies'), ...steps, to('Machine', '/machine')] };
}

function useStudies(enabled: boolean): SpotlightActionGroupData {
  const api = useApi();
  const [, navigate] = useLocation();
  const { data } = useQuery(api.studies.list.queryOptions({ input: {}, enabled }));
  const actions = (data?.studies ?? []).map(
    ({ name, title }): SpotlightActionData => ({
      ...{ id: `study ${name}`, label: title, description: name },
      onClick: () => navigate(studyAddress(name)),
    }),
  );
  return { group: 'Studies', actions };
}

function useRuns(query: string): SpotlightActionGroupData {
  const api = useApi();
  const [address, navigate] = useLocation();
  const study = studyFromAddress(address);
  const text = query.trim();
  const { data } = useQuery(
    api.runs.table.queryOptions({
      input: { study: study ?? '-', filter: { text: text.slice(0, 200), kinds: [] } },
      enabled: study !== null && text.length >= runsFrom,
    }),
  );
  if (study === null || text.length < runsFrom) return { group: 'Runs', actions: [] };
  const actions = (data?.rows ?? []).slice(0, mostRuns).map(
    ({ id, name, state }): SpotlightActionData => ({
      ...{ id: `run ${id}`, label: name, description: `${runStateName(state)}, run ${id}` },
      // They were found by their tags and notes too: the palette must not look for the words in their names again.
      keywords: text,
      onClick: () => navigate(`${studyAddress(study, '/models')}?run=${id}`),
    }),
  );
  return { group: 'Runs', actions };
}

function useActions(): SpotlightActionGroupData {
  const client = useClient();
  const { setColorScheme } = useMantineColorScheme();
  const action = (label: string, onClick: () => unknown, keywords: string[] = []): SpotlightActionData => ({
    ...{ id: `action ${label}`, label, keywords },
    onClick: () => void Promise.resolve(onClick()).catch(showRefusal),
  });
  return {
    group: 'Commands',
    actions: [
      action('Pause all training', () => client.work.pauseAll({}), ['stop', 'hold']),
      action('Go on with all training', () => client.work.resumeAll({}), ['resume', 'start']),
      action('Try the engines again', () => client.machine.check({}), ['self-check', 'speed']),
      action('Back up the database', () => client.machine.backUp({}), ['save']),
      action('Light theme', () => setColorScheme('light'), ['bright', 'colours']),
      action('Dark theme', () => setColorScheme('dark'), ['night', 'colours']),
      action('Theme of the system', () => setColorScheme('auto'), ['colours']),
      action('Show keyboard shortcuts', openShortcuts, ['keys', 'help']),
    ],
  };
}

/**
 * Has the palette's first line selected, so that Enter takes it: whenever the words changed, and when lines that came
 * later took the place of the selected one. The palette itself selects before the new lines are there.
 */
export function useFirstSelected(query: string): void {
  const before = useRef(query);
  useLayoutEffect(() => {
    const changed = before.current !== query;
    before.current = query;
    const list = document.querySelector('.mantine-Spotlight-actionsList');
    const selected = list?.querySelector('[data-selected]');
    if (!list || (selected && !changed)) return;
    selected?.removeAttribute('data-selected');
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
  });
}
