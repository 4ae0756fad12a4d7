import type { Task } from '../../contract/runs/index.ts';
import { drawsTaskSchema } from './contract/task.ts';

/** Labels of images that networks give within about 20 s. */
const fewLabels = 2 ** 16;

/** Whether draws take seconds, so that a person waits for them. */
export function isShort(task: Task): boolean {
  const asked = drawsTaskSchema.safeParse(task).data;
  if (!asked) return false;
  const networks = 1 + asked.groups.reduce((sum, { snapshots }) => sum + snapshots.length, 0);
  return asked.draws * networks * asked.pairs.length * asked.alphas <= fewLabels;
}
