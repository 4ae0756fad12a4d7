import { z } from 'zod';
import { clusterSchema } from '../../contract/cluster.ts';
import { profileLines } from '../../domain/cluster-profile.ts';

/** The JSON Schema of a cluster's profile, for editors and other programs: docs/cluster-profile.schema.json. */
export function profileSchema(): object {
  const { properties = {}, ...schema } = z.toJSONSchema(clusterSchema, { io: 'input' });
  const described = Object.entries(profileLines).map(([key, line]) => {
    const property = properties[key];
    return [key, { description: `It ${line}.`, ...(typeof property === 'object' ? property : {}) }] as const;
  });
  return { title: 'Boundary Workbench: profile of a cluster', ...schema, properties: Object.fromEntries(described) };
}
