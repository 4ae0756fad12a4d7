import { openWorkbench, type Workbench } from './workbench.ts';

/** Where another process opens the workbench of this one: the product's folder, its resources, the data folder. */
export type Places = Pick<Workbench, 'root' | 'resources' | 'environment'> & { dataFolder: string };

export const placesOf = ({
  root,
  resources,
  environment,
  storage,
}: Pick<Workbench, 'root' | 'resources' | 'environment' | 'storage'>): Places => ({
  root,
  resources,
  environment,
  dataFolder: storage.folder,
});

/** Does `work` with the workbench of another process, which it only reads. @throws UserError `storage.*`, `file.*` */
export async function reading<T>(
  { root, resources, environment, dataFolder }: Places,
  work: (workbench: Workbench) => T,
): Promise<Awaited<T>> {
  const workbench = openWorkbench({ root, resources, environment, dataFolder, readOnly: true });
  try {
    return await work(workbench);
  } finally {
    workbench.storage.close();
  }
}
