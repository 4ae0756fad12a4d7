import { useCallback, useSyncExternalStore } from 'react';
import { useLocation, useParams, useSearch } from 'wouter';

/**
 * Splits the address, which is all behind `#`, the query too: `#/studies/quick/models?run=12`. (wouter's own hook puts
 * the query before the `#`, where a link cannot.)
 */
const split = (): readonly [path: string, search: string] => {
  const [path = '', search = ''] = window.location.hash.replace(/^#?\/?/, '').split('?');
  return [`/${path}`, search];
};

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

interface NavigateOptions {
  /** Replaces the current address, so that Back skips it. */
  replace?: boolean;
}

function navigateTo(to: string, { replace = false }: NavigateOptions = {}): void {
  const before = window.location.href;
  const after = new URL(before);
  after.hash = to;
  window.history[replace ? 'replaceState' : 'pushState'](null, '', after);
  window.dispatchEvent(new HashChangeEvent('hashchange', { oldURL: before, newURL: after.href }));
}

export const useHashLocation = (): [path: string, navigate: (to: string, options?: NavigateOptions) => void] => [
  useSyncExternalStore(subscribe, () => split()[0]),
  navigateTo,
];
useHashLocation.hrefs = (href: string): string => `#${href}`;

export const useHashSearch = (): string => useSyncExternalStore(subscribe, () => split()[1]);

/** A parameter of the address, e.g. `run` of `?run=12`, and its setter; null: not set. */
export function useParameter(
  name: string,
): readonly [value: string | null, set: (value: string | null, options?: NavigateOptions) => void] {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const set = useCallback(
    (value: string | null, options?: NavigateOptions) => {
      const parameters = new URLSearchParams(search);
      if (value === null) parameters.delete(name);
      else parameters.set(name, value);
      const rest = parameters.toString();
      navigate(rest === '' ? path : `${path}?${rest}`, options);
    },
    [name, navigate, path, search],
  );
  return [new URLSearchParams(search).get(name), set];
}

/** The screens of a study, in the order of its pipeline, and the step whose state each shows; null: the study's. */
export const studySteps = [
  { name: 'Overview', path: '', step: null },
  { name: 'Generator', path: '/generator', step: 'generator' },
  { name: 'Stimuli', path: '/stimuli', step: 'stimuli' },
  { name: 'Models', path: '/models', step: 'models' },
  { name: 'Labeling', path: '/labeling', step: 'labeling' },
  { name: 'Results', path: '/results', step: 'analysis' },
  { name: 'Report', path: '/report', step: 'report' },
] as const;

export const studyAddress = (study: string, path = ''): string => `/studies/${encodeURIComponent(study)}${path}`;

/** Name of the study in an address, or null. */
export function studyFromAddress(address: string): string | null {
  const name = /^\/studies\/([^/?]+)/.exec(address)?.[1];
  return name === undefined ? null : decodeOrNull(name);
}

function decodeOrNull(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function useStudy(): string {
  const { study = '' } = useParams<{ study: string }>();
  return study;
}

export const modelsAddress = (study: string, path = ''): string => studyAddress(study, `/models${path}`);
