import type { ReportData } from '../../main/exhibits/report-data.ts';
import { renamePeople, sampleData } from './sample.ts';

export const evil = [
  '<img src=x onerror=alert(1)>',
  '=cmd()',
  '\\input{x} \\\\ ~^{}',
  '*100% & − ± ½ “q” `?',
  '#tag 日本 😀 العربية',
  'a_b $x$ ≤ Ωβ Ħ ế \u00ad',
  'x'.repeat(300),
] as const;

export const hostileNames = [...evil, '+1', '@sum', '-2'];
const renamed = (at: number): string => `${hostileNames[at % hostileNames.length]} ${at}`;

/** Every name that users, files or machines give is one of these. */
export function hostileData(): ReportData {
  const data = sampleData({ targets: [97.5, 98], repeats: 1, classes: hostileNames, labelers: 'real' });
  const { labelers, models, runs } = data;
  return {
    ...data,
    study: { ...data.study, title: hostileNames.join(' '), question: hostileNames.join(' ') },
    dataSet: { ...data.dataSet, name: evil[0] },
    labelers: labelers && renamePeople(labelers, (_, at) => renamed(at)),
    models: models.map((model, at) => ({ ...model, name: renamed(at), architecture: evil[at % evil.length] ?? '' })),
    runs: runs.map((run, at) => ({ ...run, name: renamed(at), machine: evil[0] })),
    missed: [
      {
        name: evil[0],
        architecture: '=cmd()',
        repeat: null,
        seed: 1,
        target: 98,
        nearestAccuracy: 97,
        why: hostileNames.join(),
      },
    ],
    warnings: hostileNames,
  };
}
