import type { Study } from '../../contract/studies/index.ts';
import { type Sections, sectionsOf, unreadSections } from '../../domain/plans/index.ts';
import { findHashes } from '../../storage/index.ts';
import type { NamedBlobs } from './blobs.ts';

/** The files that parts of a declaration name: of parts that nothing here reads, all that are there. */
export function addSectionFiles(
  { data, weights }: NamedBlobs,
  spec: Study,
  sections: Sections,
  isThere: (hash: string) => boolean,
): void {
  for (const { files } of sectionsOf(spec, sections)) {
    const named = files?.(spec) ?? { data: [], weights: [] };
    for (const hash of named.data) data.add(hash);
    for (const hash of named.weights) weights.add(hash);
  }
  for (const key of unreadSections(spec, sections))
    for (const hash of findHashes(JSON.stringify(spec[key]))) if (isThere(hash)) data.add(hash);
}
