import type { ComponentType } from 'react';
import type { Target } from '../../main/contract/recipes.ts';
import type { StudyCard } from '../../main/contract/api/studies.ts';

/** Places of the core's screens to which contributions add, by what a component there gets. */
export interface Places {
  /** Beside the buttons of the list of studies. */
  'studies.actions': { studies: readonly StudyCard[] };
  /** Below these buttons: work on studies that are not in the list yet. */
  'studies.work': object;
  /** Cards of the first screen, after the first. */
  'welcome.card': object;
  /** Ways to begin with something that exists, on the first screen. */
  'welcome.actions': object;
  /** Entries of a study's menu. */
  'study.menu': { study: string };
  /** The weights of a run's snapshot, of `bytes`; `name`: of the run. */
  'run.snapshot': { id: number; name: string; target: Target; bytes: number };
  /** A generator: at a step that has a grid, or shipped (`study` is its name, and `step` null). `label` says which. */
  'generator.weights': { study: string; step: number | null; label: string };
}
export type Place = keyof Places;

/** Components of a contribution, by place. */
export type Parts = { readonly [Each in Place]?: ComponentType<Places[Each]> };
const added: { readonly parts: Parts; readonly name: string }[] = [];

/** Adds a contribution's components; called before the page is drawn. */
export function addParts(name: string, parts: Parts): void {
  added.push({ name, parts });
}

/** The components of a place, in the order in which their contributions are listed. */
export const partsAt = <Each extends Place>(place: Each): { name: string; Part: ComponentType<Places[Each]> }[] =>
  added.flatMap(({ name, parts }) => {
    const Part = parts[place];
    return Part === undefined ? [] : [{ name, Part }];
  });
