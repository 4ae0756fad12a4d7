import { z } from 'zod';
import type { Workbench } from './workbench.ts';

/** Where another process opens the workbench of this one: the product's folder, its resources, the data folder. */
export const placesSchema = z.strictObject({ root: z.string(), resources: z.string(), dataFolder: z.string() });
export type Places = z.infer<typeof placesSchema>;

export const placesOf = ({ root, resources, storage }: Pick<Workbench, 'root' | 'resources' | 'storage'>): Places => ({
  root,
  resources,
  dataFolder: storage.folder,
});
