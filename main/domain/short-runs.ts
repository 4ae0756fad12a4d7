import { shortKinds, type Task } from '../contract/run.ts';

/** Labels of images that networks give within about 20 s. */
const fewLabels = 2 ** 16;

/** Whether a run takes seconds, so that a person waits for it: those of `shortKinds`, and few draws of anchors. */
export function isShort(task: Task): boolean {
  if (task.kind !== 'draws') return shortKinds.includes(task.kind);
  const networks = 1 + task.groups.reduce((sum, { snapshots }) => sum + snapshots.length, 0);
  return task.draws * networks * task.pairs.length * task.alphas <= fewLabels;
}
