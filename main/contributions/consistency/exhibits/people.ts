import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { peopleWord } from '../../../domain/numbers/index.ts';
import { named, orWhy, type StudyNumbers } from '../../../exhibits/parts/index.ts';
import { peopleConsistency } from '../analysis/part.ts';

/** Every two people: how often they differ, and how far they agree beyond chance. */
export function pairsOfPeopleExhibit(study: StudyNumbers): Exhibit {
  const cohen = study.humans?.cohen;
  const errors = study.humans && peopleConsistency(study.humans).error_consistency;
  const errorsByPair = new Map(
    Array.from({ length: errors?.pairs.length ?? 0 }, (_, at) => errors!.pairs.row(at)).map((row) => [
      `${row.a}\n${row.b}`,
      row,
    ]),
  );
  const rows = Array.from({ length: cohen?.pairs.length ?? 0 }, (_, at): Cell[] => {
    const { a, b, n, p_obs: same, p_exp: chance, kappa } = cohen!.pairs.row(at);
    const right = errorsByPair.get(`${a}\n${b}`);
    const unshared = 'The two labeled no image in common.';
    return [
      ...[a, b, n, orWhy(same === null ? null : 100 * (1 - same), unshared)],
      ...[orWhy(same, unshared), orWhy(chance, unshared)],
      orWhy(kappa, n === 0 ? unshared : 'Both gave one and the same label throughout.'),
      ...[
        right?.n ?? null,
        ...(['acc_a', 'acc_b', 'c_obs', 'c_exp', 'kappa'] as const).map((name) => right?.[name]),
      ].map((value) =>
        orWhy(value, 'Both are always right, or always wrong, or nobody else has a majority to judge by.'),
      ),
    ];
  });
  return {
    id: 'labeler-pairs',
    long: true,
    number: '',
    title: `Every two ${peopleWord(study)}`,
    people: true,
    rows,
    columns: [
      ...[
        'First',
        'Second',
        'Images of both',
        'Differ, %',
        'Same',
        'Same by chance',
        'Cohen’s κ',
        'Images with a judge',
      ],
      ...['Right, first', 'Right, second', 'Observed', 'Expected', 'Error consistency κ'],
    ].map((name) => ({ name })),
    notes: [
      named(
        study,
        'Error consistency: judged by the majority of people who are not in the pair, as the report’s Agreement says.',
      ),
    ],
  };
}
