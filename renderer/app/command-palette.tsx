import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useLayoutEffect, useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { useApi, useClient } from '../client/context.tsx';
import { studyAddress, studyFromAddress, studySteps } from '../navigation/addresses.ts';
import { runStateName } from '../ui/words/badges.tsx';
import { listAt } from '../ui/places/places.ts';
import { showRefusal } from '../ui/parts/toasts.tsx';
import type { StudyCard } from '../../main/contract/api/studies.ts';
import { openShortcuts } from './shortcuts.tsx';
import { detach } from '../../main/contract/wire/detach.ts';

const mostRuns = 8;
/** Shortest text for which runs are searched. */
const shortestRunQuery = 2;

/** Ctrl K: finds screens, studies, runs and commands by name. */
export function CommandPalette() {
  const [query, setQuery] = useState('');
  const [opened, setOpened] = useState(false);
  useFirstSelected(query);
  const before = useRef<{ focused: Element | null; address: string }>({ focused: null, address: '' });
  const open = (): void => {
    before.current = { focused: document.activeElement, address: window.location.hash };
    setOpened(true);
  };
  const close = (): void => {
    setOpened(false);
    setQuery('');
    const { focused, address } = before.current;
    // What had the focus is gone, or lies on the screen that was left.
    const isHere = focused instanceof HTMLElement && focused.isConnected && focused !== document.body;
    requestAnimationFrame(() => {
      if (isHere && window.location.hash === address) focused.focus({ preventScroll: true });
      else document.getElementById('content')?.focus({ preventScroll: true });
    });
  };
  const studies = useStudyCards(opened);
  const groups = [
    useScreens(),
    useStudies(studies),
    useRuns(opened ? query : ''),
    useActions(),
    useScreensOfStudies(studies, query),
  ];
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={open}
      onSpotlightClose={close}
      // Spotlight clears the query after its closing transition, which would delete what was typed since.
      clearQueryOnClose={false}
      // The focus goes back, or to the new screen: see `close`.
      returnFocus={false}
      shortcut="mod + K"
      tagsToIgnore={[]}
      triggerOnContentEditable
      scrollable
      maxHeight="60vh"
      limit={30}
      highlightQuery
      nothingFound="No results"
      searchProps={{ placeholder: 'Screen, study, run or command', 'aria-label': 'Screen, study, run or command' }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Search results' } }}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': 'Search or command' } }}
    />
  );
}

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
  const added = (inNavigation: boolean): SpotlightActionData[] =>
    listAt('screens')
      .filter(({ icon }) => (icon !== undefined) === inNavigation)
      .map(({ command, path }) => to(command, path));
  const others = [...added(false), ...added(true)];
  return { group: 'Screens', actions: [to('Studies', '/studies'), ...steps, ...others] };
}

/** Last changed first. */
function useStudyCards(enabled: boolean): readonly StudyCard[] {
  const { data } = useQuery(useApi().studies.list.queryOptions({ input: {}, enabled }));
  return data?.studies ?? [];
}

/** Screens that are typed by their name, of every study but the open one: without the name the list would be long. */
function useScreensOfStudies(studies: readonly StudyCard[], query: string): SpotlightActionGroupData {
  const [address, navigate] = useLocation();
  const open = studyFromAddress(address);
  const typed = query.trim().toLowerCase();
  const steps = typed === '' ? [] : studySteps.filter(({ name }) => name.toLowerCase().includes(typed));
  const others = studies.filter(({ name }) => name !== open);
  return {
    group: 'Screens of studies',
    actions: others.flatMap((study) =>
      steps.map((step) => ({
        id: `screen ${studyAddress(study.name, step.path)}`,
        label: step.name,
        description: study.title,
        onClick: () => navigate(studyAddress(study.name, step.path)),
      })),
    ),
  };
}

function useStudies(studies: readonly StudyCard[]): SpotlightActionGroupData {
  const [, navigate] = useLocation();
  const actions = studies.map(
    ({ name, title }): SpotlightActionData => ({
      id: `study ${name}`,
      label: title,
      description: name,
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
      enabled: study !== null && text.length >= shortestRunQuery,
    }),
  );
  if (study === null || text.length < shortestRunQuery) return { group: 'Runs', actions: [] };
  const actions = (data?.rows ?? []).slice(0, mostRuns).map(
    ({ id, name, state }): SpotlightActionData => ({
      id: `run ${id}`,
      label: name,
      description: `${runStateName(state)}, run ${id}`,
      // The server also searches tags and notes: the palette must not filter by name again.
      keywords: text,
      onClick: () => navigate(`${studyAddress(study, '/models')}?run=${id}`),
    }),
  );
  return { group: 'Runs', actions };
}

function useActions(): SpotlightActionGroupData {
  const client = useClient();
  const { setColorScheme } = useMantineColorScheme();
  const action = (label: string, onClick: () => unknown, keywords: readonly string[] = []): SpotlightActionData => ({
    id: `action ${label}`,
    label,
    keywords: [...keywords],
    onClick: () => detach(Promise.resolve(onClick()).catch(showRefusal)),
  });
  return {
    group: 'Commands',
    actions: [
      action('Pause all training', () => client.work.pauseAll({}), ['stop', 'hold']),
      action('Resume all training', () => client.work.resumeAll({}), ['resume', 'start']),
      ...listAt('commands').map(({ label, keywords, run }) => action(label, () => run(client), keywords)),
      action('Use light theme', () => setColorScheme('light'), ['bright', 'colors']),
      action('Use dark theme', () => setColorScheme('dark'), ['night', 'colors']),
      action('Use system theme', () => setColorScheme('auto'), ['colors']),
      action('Show keyboard shortcuts', openShortcuts, ['keys', 'help']),
    ],
  };
}

/**
 * Keeps the palette's first result selected, so that Enter takes it: after each change of the query, and when late
 * results replace the selected one. Spotlight itself selects before new results have been rendered.
 */
function useFirstSelected(query: string): void {
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
