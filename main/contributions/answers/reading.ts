import type { Launcher } from '../../processes/index.ts';
import type { Lab, Opened } from '../../services/lab/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import type { ReadingProcess } from './reading-process.ts';

/** What reads the files of an open data folder: begun with the first, and kept. */
const kept = new WeakMap<Workbench, () => Promise<ReadingProcess>>();

/** Has a host keep one process that reads files. @param make begins the process */
export function keepReading({ workbench, launcher }: Pick<Lab, 'workbench' | 'launcher'>, make = begin): Opened {
  let reading: Promise<ReadingProcess> | null = null;
  kept.set(workbench, () => {
    reading ??= make(launcher);
    return reading;
  });
  return {
    close: async () => {
      kept.delete(workbench);
      await (await reading)?.close();
    },
  };
}

/** Reads files in the process of a host, or in one that ends with the work. */
export async function withReading<T>(
  { workbench, launcher }: { workbench: Workbench; launcher: Launcher },
  work: (reading: ReadingProcess) => Promise<T>,
): Promise<T> {
  const ofHost = kept.get(workbench);
  return ofHost ? work(await ofHost()) : withOwnReading(launcher, work);
}

/** Reads files in a process that ends with the work, as a study does, whose files take long. */
export async function withOwnReading<T>(launcher: Launcher, work: (reading: ReadingProcess) => Promise<T>): Promise<T> {
  const reading = await begin(launcher);
  try {
    return await work(reading);
  } finally {
    await reading.close();
  }
}

const begin = async (launcher: Launcher): Promise<ReadingProcess> =>
  new (await import('./reading-process.ts')).ReadingProcess({ launcher });
