import { resolve } from 'node:path';
import type { Command } from 'commander';
import { existingPath } from '../context.ts';
import { printable } from '../output.ts';

export function addAnalyze(program: Command): void {
  program
    .command('analyze')
    .description('compare people and networks from CSV files; prints JSON')
    .option('--humans <file>', 'labels that people gave: image,pair_i,pair_j,alpha,labeler,label')
    .option(
      '--predictions <file>',
      'what models predict: image,model,architecture,target_accuracy,repeat,seed,label,p0...',
    )
    .option('--out <file>', 'write the JSON there instead')
    .action(async (options: { humans?: string; predictions?: string; out?: string }) => {
      const { analyzeFiles } = await import('../../../services/analyze.ts');
      const { writeFileAtomic } = await import('../../../files/atomic.ts');
      const { result, warnings } = await analyzeFiles({
        humans: options.humans && existingPath(options.humans, '--humans'),
        predictions: options.predictions && existingPath(options.predictions, '--predictions'),
      });
      for (const { where, message } of warnings)
        process.stderr.write(`Warning: ${printable(`${message} (${where})`)}\n`);
      const json = `${JSON.stringify(result)}\n`;
      if (options.out) writeFileAtomic(resolve(options.out), json);
      else process.stdout.write(json);
    });
}
