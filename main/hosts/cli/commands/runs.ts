import type { Command } from 'commander';
import { UserError } from '../../../contract/wire/errors.ts';
import { type RunState, runStates } from '../../../contract/runs/run.ts';
import { formatDuration } from '../../../domain/numbers/format.ts';
import { runShownAs, shownRunState, stateWord } from '../../../domain/networks/status.ts';
import { findRun, findStudy } from '../../../services/workbench/find.ts';
import { ChangeFeed } from '../../../services/workbench/change-feed.ts';
import { pauseNow, Settings } from '../../../services/workbench/settings.ts';
import type { RunSummary } from '../../../services/workbench/workbench.ts';
import { wholeNumber, withReadOnlyWorkbench, withWorkbenchBeside } from '../../../terminal/context.ts';
import { printJson, printLine, table } from '../../../terminal/output.ts';

export function addRuns(program: Command): void {
  const runs = program.command('runs').description('the runs of all studies');
  runs
    .command('list', { isDefault: true })
    .description('list runs with their state')
    .option('--study <name>', 'only the runs of one study')
    .option('--state <state>', `only runs in one state: ${runStates.join(', ')}`)
    .option('--json', 'print JSON')
    .action(listRuns);
  runs.command('show <run>').description('print everything about one run as JSON').action(showRun);
  runs
    .command('cancel <run...>')
    .description('remove runs from the queue; running ones write a checkpoint and stop')
    .action((ids: string[], _options: unknown, command: Command) => change(ids, command, 'cancel'));
  runs
    .command('retry <run...>')
    .description('queue failed or cancelled runs again; they resume from their last checkpoint')
    .action((ids: string[], _options: unknown, command: Command) => change(ids, command, 'retry'));
}

async function listRuns(options: { study?: string; state?: string; json?: boolean }, command: Command): Promise<void> {
  await withReadOnlyWorkbench(command, (workbench) => {
    const { storage } = workbench;
    const study = options.study === undefined ? undefined : findStudy(workbench, options.study).id;
    const state = options.state === undefined ? undefined : knownState(options.state);
    const list = storage.runs.list({ ...(study && { studyId: study }), ...(state && { states: [state] }) });
    if (options.json) return printJson(list);
    const working = storage.runs.list({ states: ['running'] }).length > 0;
    const pause = pauseNow({ workbench, settings: new Settings(workbench, new ChangeFeed()) });
    const word = (run: RunSummary): string => {
      const missed =
        run.kind === 'classifier' && run.state === 'done' && storage.runHistory.snapshots(run.id).length === 0;
      return stateWord(
        runShownAs(
          shownRunState(
            { ...run, missed },
            storage.placements.has(run.id) ? 'cluster' : working ? 'here' : null,
            pause,
          ),
        ),
      );
    };
    const rows = list.map((run) => row(run, word(run)));
    printLine(rows.length === 0 ? 'No runs.' : table(header, rows));
  });
}

const header = ['run', 'what', 'state', 'engine', 'seed', 'progress', 'time', 'note'];

function row(run: RunSummary, state: string): (string | number | null)[] {
  const { progress, startedAt, endedAt, heartbeatAt } = run;
  const share = progress && progress.total > 0 ? `${Math.round((100 * progress.done) / progress.total)} %` : null;
  const until = endedAt ?? heartbeatAt;
  const time = startedAt !== null && until !== null ? formatDuration(until - startedAt) : null;
  const note = run.failure?.message ?? (run.state === 'running' ? (progress?.note ?? null) : null);
  return [run.id, run.label, state, run.ranOn ?? run.engine, run.seed, run.state === 'done' ? null : share, time, note];
}

async function showRun(id: string, _options: unknown, command: Command): Promise<void> {
  await withReadOnlyWorkbench(command, (workbench) => {
    const runId = wholeNumber(id, 'run', 1, Number.MAX_SAFE_INTEGER);
    const run = findRun(workbench, runId);
    const { runHistory } = workbench.storage;
    const detail = {
      ...run,
      attemptHistory: runHistory.attempts(runId),
      snapshots: runHistory
        .snapshots(runId)
        .map((snapshot) => ({ ...snapshot, trend: runHistory.trend(runId, snapshot.step) })),
      checkpoints: runHistory.checkpoints(runId),
      series: Object.fromEntries(runHistory.series(runId).map((name) => [name, runHistory.metrics(runId, name)])),
      log: runHistory.log(runId),
    };
    printJson(detail);
  });
}

async function change(ids: readonly string[], command: Command, what: 'cancel' | 'retry'): Promise<void> {
  const numbers = ids.map((id) => wholeNumber(id, 'run', 1, Number.MAX_SAFE_INTEGER));
  // All or nothing; nothing is printed before the change is on disk.
  const lines = await withWorkbenchBeside(command, ({ storage, now }) =>
    storage.transaction(() => numbers.map((id) => `run ${id}: ${storage.runs[what](id, now())}\n`)),
  );
  process.stdout.write(lines.join(''));
}

function knownState(name: string): RunState {
  const state = runStates.find((known) => known === name);
  if (state) return state;
  throw new UserError(
    'option.unknown-state',
    `There is no state "${name}"`,
    '--state',
    `Choose one of: ${runStates.join(', ')}.`,
  );
}
