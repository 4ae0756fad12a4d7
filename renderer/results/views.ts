import type { ComponentType } from 'react';
import type { ResultsOverview } from '../../main/contract/api/results-tables.ts';

/** A view of Results that a contribution adds. */
export interface ResultView {
  /** The end of its address. */
  readonly id: string;
  readonly name: string;
  readonly View: ComponentType;
  /** What it shows, as a sentence, for studies without groups of networks, where it is not shown. */
  readonly shows: string;
  /** Whether its name stands among the views of a study; it always does while it is open. */
  readonly isOffered: (overview: ResultsOverview) => boolean;
}

const added: ResultView[] = [];

/** Adds views; called before the page is drawn. */
export function addResultViews(views: readonly ResultView[]): void {
  added.push(...views);
}

/** Those of contributions, in the order of their list. */
export const addedViews = (): readonly ResultView[] => added;
