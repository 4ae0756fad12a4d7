import { z } from 'zod';
import { clusterSchema } from './cluster.ts';
import { clusterSettings } from './cluster-profile.ts';
import { helpOf, titleOf } from '../../../domain/settings/index.ts';

/** The JSON Schema of a cluster's profile, for editors and other programs: cluster-profile.schema.json. */
export function profileSchema(): object {
  const { properties = {}, ...schema } = z.toJSONSchema(clusterSchema, { io: 'input' });
  const described = clusterSettings.map((each) => {
    const property = properties[each.key];
    const said = { title: titleOf(each), description: `${helpOf(each)}.` };
    return [each.key, { ...said, ...(typeof property === 'object' ? property : {}) }] as const;
  });
  return { title: 'Boundary Workbench: profile of a cluster', ...schema, properties: Object.fromEntries(described) };
}
