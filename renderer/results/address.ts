import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';
import { type ClaimChoice, claimChoiceSchema, type Group } from '../../main/contract/results/exhibit.ts';
import { studyAddress, useStudy } from '../navigation/addresses.ts';
import { listAt } from '../ui/places/places.ts';
import type { ResultQuestion } from '../ui/words/result-questions.ts';
import { parseTarget } from '../../main/domain/numbers/targets.ts';

/** The core's views of Results. Under each question, those of contributions follow (`results.views`). */
export const coreViews = [
  { id: 'types', name: 'Types', question: 'who' },
  { id: 'stimuli', name: 'Stimuli', question: 'who' },
  { id: 'softmax', name: 'Softmax', question: 'sure' },
  { id: 'certainty', name: 'Certainty', question: 'sure' },
  { id: 'agreement', name: 'Agreement', question: 'with' },
] as const satisfies readonly { id: string; name: string; question: ResultQuestion }[];
export type CoreView = (typeof coreViews)[number]['id'];

/** A group as the address names it: `diverse:97.5`, `seeds:CNN:98:1`, `outside`, `chosen:key,key`. */
export function groupText(group: Group): string {
  if (group.kind === 'diverse') return `diverse:${group.target}`;
  if (group.kind === 'seeds')
    return ['seeds', encodeURIComponent(group.architecture), group.target, group.repeat].join(':');
  if (group.kind === 'outside') return 'outside';
  return `chosen:${group.models.map(encodeURIComponent).join(',')}`;
}

/** Null if the text is no group. */
export function parseGroup(text: string | null): Group | null {
  const [kind, first = '', second = '', repeat = ''] = (text ?? '').split(':');
  const target = parseTarget(kind === 'diverse' ? first : second);
  if (kind === 'outside') return { kind };
  if (kind === 'diverse') return target === null ? null : { kind, target };
  if (kind === 'seeds' && target !== null && /^\d{1,6}$/.test(repeat))
    return { kind, architecture: decoded(first), target, repeat: Number(repeat) };
  const models = first.split(',').filter((key) => key !== '');
  return kind === 'chosen' && models.length > 0 ? { kind, models: models.map(decoded) } : null;
}

/** Ids of labelers, e.g. `1,2,5`; null: all. */
export function parseLabelers(text: string | null): number[] | null {
  if (text === null || !/^\d{1,9}(,\d{1,9})*$/.test(text)) return null;
  const ids = [...new Set(text.split(',').map(Number))].filter((id) => id > 0);
  return ids.length > 0 ? ids : null;
}

/** `default` if the text is no claim. */
export const parseClaim = (text: string | null): ClaimChoice => claimChoiceSchema.safeParse(text).data ?? 'default';

/** Image ids as ranges: `3-5,9`. */
function idsText(ids: readonly number[]): string {
  const sorted = [...ids].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const id of sorted) {
    const last = runs.at(-1);
    if (last && id === last[1] + 1) last[1] = id;
    else runs.push([id, id]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

const mostIds = 100_000;

export function parseIds(text: string): number[] {
  const ids: number[] = [];
  for (const run of text.split(',')) {
    const [from, to = from] = run.split('-').map(Number);
    if (from === undefined || to === undefined || !Number.isInteger(from) || !Number.isInteger(to)) continue;
    for (let id = from; id <= to && ids.length < mostIds; id++) ids.push(id);
  }
  return ids;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Change = Readonly<Record<string, string | null>>;

/** The parameters of the address, and a function that changes several at once. Null removes a parameter. */
export function useParameters(): readonly [URLSearchParams, (change: Change, replace?: boolean) => void] {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const change = useCallback(
    (values: Change, replace = false) => navigate(withParameters(path, search, values), { replace }),
    [navigate, path, search],
  );
  return [new URLSearchParams(search), change];
}

/** An address with these values of parameters. Null removes one. */
export function withParameters(path: string, search: string, values: Change): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) parameters.delete(name);
    else parameters.set(name, value);
  }
  const rest = parameters.toString();
  return rest === '' ? path : `${path}?${rest}`;
}

/** Removes parameters that only other views of contributions use. */
function leaveAdded(view: string, search: string): Change {
  const address = new URLSearchParams(search);
  const left = listAt('results.views').flatMap(({ id, parameters = [] }) => {
    if (id === view) return [];
    return typeof parameters === 'function' ? parameters(address) : parameters;
  });
  return Object.fromEntries(left.map((name): [string, null] => [name, null]));
}

/** The address of another view, with the same groups and labelers. */
export function useViewAddress(): (view: string) => string {
  const study = useStudy();
  const search = useSearch();
  return (view) =>
    withParameters(studyAddress(study, `/results/${view}`), search, {
      image: null,
      images: null,
      of: null,
      ...leaveAdded(view, search),
    });
}

/** Opens one image, or a titled list of images. */
export function useOpenImages() {
  const [, change] = useParameters();
  return {
    image: (id: number) => change({ image: String(id) }),
    images: (ids: readonly number[], of: string) => change({ images: idsText(ids), of }),
  };
}
