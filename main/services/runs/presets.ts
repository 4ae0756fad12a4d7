import type { z } from 'zod';
import type { presetSchema } from '../../contract/api/models.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { loadStudy, presetNames } from '../declaration/study-file.ts';

/** Studies whose models come first; a model that several have is shown as the first one's. */
const first = ['quick', 'paper'];

/** Every model of the studies that come with the product, those of one recipe and group once. */
export function modelPresets(resources: string): z.infer<typeof presetSchema>[] {
  const seen = new Set<string>();
  const names = presetNames(resources);
  const ordered = [...first.filter((name) => names.includes(name)), ...names.filter((name) => !first.includes(name))];
  return ordered.flatMap((name) => {
    const { study } = loadStudy(name, resources);
    return study.models.flatMap((entry) => {
      const what = canonicalJson({ group: entry.group, recipe: entry.recipe });
      if (seen.has(what)) return [];
      seen.add(what);
      return [{ from: study.title, entry }];
    });
  });
}
