import type { Machine, RunEnvironment, Task } from '../../contract/runs/run.ts';
import type { ReportRun } from '../../exhibits/report-data.ts';
import type { StimulusSetHeader } from '../../storage/stimulus-sets.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { readShippedProvenance } from '../study/stimuli.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** Provenance of every run of a study, as its last attempt ran. Runs that never began have none. */
export function reportRuns(workbench: Workbench, links: readonly StudyRun[]): ReportRun[] {
  return links.flatMap((link): ReportRun[] => {
    const run = workbench.storage.runs.get(link.runId);
    const attempt = workbench.storage.runHistory.attempts(link.runId).at(-1);
    if (!run || !attempt?.description) return [];
    return [
      {
        name: link.role,
        kind: run.kind,
        recipe: taskRecipe(run.task),
        seed: run.seed,
        engine: attempt.description,
        dataSetHash: 'dataSetHash' in run.task ? run.task.dataSetHash : null,
        product: attempt.environment.product,
        machine: machineLine(attempt.environment),
        startedAt: isoTime(run.startedAt),
        endedAt: isoTime(run.endedAt),
      },
    ];
  });
}

/** The training of a generator that came with the product, which is no run of the study. */
export function shippedRun(set: Pick<StimulusSetHeader, 'provenance'>): ReportRun[] {
  const shipped = readShippedProvenance(set);
  if (!shipped) return [];
  const { name, recipe, seed, engine, dataSet, product, machine, startedAt, trainedAt } = shipped;
  return [
    {
      name: `generator (${name}, trained before this study)`,
      kind: 'generator',
      recipe,
      seed,
      engine,
      product,
      dataSetHash: dataSet.hash,
      machine: machineLine({ machine, threads: 1 }),
      startedAt,
      endedAt: trainedAt,
    },
  ];
}

const taskRecipe = (task: Task): unknown => ('recipe' in task ? task.recipe : null);

const isoTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

type Place = Pick<RunEnvironment, 'threads' | 'cluster'> & { machine: Omit<Machine, 'host'> };

function machineLine({ machine, threads, cluster }: Place): string {
  const gibibytes = Math.round(machine.memory / 2 ** 30);
  return `${machine.platform} ${machine.architecture}, ${machine.cpu}, ${machine.cores} cores, ${gibibytes} GiB, ${threads} thread${cluster ? `, cluster ${cluster.name}` : ''}`;
}
