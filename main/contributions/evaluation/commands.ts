import type { Command } from 'commander';
import { formatCount, formatRoughTime } from '../../domain/numbers/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import { commandOf, printable, printLine, withWorkbench } from '../../terminal/index.ts';

export default function addEvaluateCommand(program: Command): void {
  commandOf(program, 'runs')
    .command('evaluate <study>')
    .description(
      'have the networks of a study answer its test images, for agreement on the line and calibration; each is stored at once',
    )
    .action(evaluateRuns);
}

async function evaluateRuns(study: string, _options: unknown, command: Command): Promise<void> {
  const { computeTestAnswers } = await import('./test-answers.ts');
  const { planTestAnswers } = await import('./open-evaluations.ts');
  const { EvaluationProcess } = await import('./evaluation-process.ts');
  const { ForkLauncher } = await import('../../processes/index.ts');
  await withWorkbench(command, async (workbench) => {
    const { open, withoutWeights, seconds } = planTestAnswers(workbench, findStudy(workbench, study));
    const lost = withoutWeights === 0 ? '' : ` The weights of ${formatCount(withoutWeights, 'network')} are not here.`;
    if (open === 0) return printLine(`No network lacks answers that can be computed.${lost}`);
    const time = seconds === null ? '' : `, about ${formatRoughTime(seconds)}`;
    printLine(`${formatCount(open, 'network')} to evaluate${time}.${lost}`);
    const evaluation = new EvaluationProcess({
      launcher: new ForkLauncher(process.env),
      blobs: workbench.storage.blobs.folder,
    });
    let last = '';
    const report = (name: string): void => {
      if (name !== last) process.stderr.write(`${printable(name)}\n`);
      last = name;
    };
    const done = await computeTestAnswers({ workbench, evaluation }, study, { report }).finally(() =>
      evaluation.close(),
    );
    printLine(`${formatCount(done, 'network')} answered the test images.`);
  });
}
