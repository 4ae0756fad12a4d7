import { placeSchema } from '../../contract/api/app.ts';
import type { Workbench } from './workbench.ts';

const key = 'page-place';

/** Remembers where the page is, so that the next host opens it there. */
export function keepPlace({ storage, now }: Workbench, place: string): void {
  storage.settings.set(key, place, now());
}

/** Where the page was last; null: unknown, or in a study that is gone. */
export function keptPlace({ storage }: Pick<Workbench, 'storage'>): string | null {
  const place = storage.settings.get(key, placeSchema) ?? null;
  const study = /^#\/studies\/([^/?]+)/.exec(place ?? '')?.[1];
  if (study === undefined) return place;
  const found = storage.studies.byName(decoded(study));
  return found && found.deletedAt === null ? place : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
