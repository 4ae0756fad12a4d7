import { describe, expect, it } from 'vitest';
import type { Types } from '../../main/analysis/outcomes/image-types.ts';
import { quantityAt } from '../../main/domain/results/exhibits.ts';
import { findingOf } from '../../main/exhibits/finding.ts';
import { table2 } from '../../main/exhibits/paper-tables.ts';
import { nobody, twoModels } from '../../main/exhibits/parts/reasons.ts';
import { apartOf, type ComparedGroup } from '../../main/exhibits/parts/study-numbers.ts';
import { reportView } from '../../main/exhibits/view.ts';
import { renderReport } from '../../main/reports/render.ts';
import { textOf } from '../reports/page.ts';
import { sampleData, type SampleOptions } from '../reports/sample.ts';

const study = (options: SampleOptions) => reportView(sampleData(options));
const first = ({ groups }: ReturnType<typeof study>): ComparedGroup => groups[0]!;

describe('what was found', () => {
  const whole = study({ targets: [97.5, 98], labelers: 'real' });

  it('is about the first group, with the numbers of Tables 1 and 2', () => {
    const { sentence, why, holds } = findingOf(whole, first(whole));
    expect(sentence).toMatchInlineSnapshot(
      `"9 networks trained to 97.5 % accuracy, with test accuracies at most 0.08 points apart, gave different labels to 59 of 165 images (35.8 %, 95 % interval 31.3 to 40.3 %); of these, people agree on 31 (type A) and disagree on 28."`,
    );
    expect(why).toBeNull();
    expect(holds).toMatchInlineSnapshot(
      `"The interval holds for other anchors and pairs of classes drawn in the same way, with these very networks, saying nothing about new trainings."`,
    );
    const share = quantityAt(table2(whole), 0, 'all_disagree_pct');
    expect(sentence).toContain(`${share?.value?.toFixed(1)}\u00a0%`);
  });

  it('is the same sentence in a report', () => {
    const page = textOf(renderReport(whole.data));
    expect(page).toContain(findingOf(whole, first(whole)).sentence?.replaceAll('\u00a0', ' '));
  });

  it('calls simulated labelers so', () => {
    const rehearsal = study({ targets: [97.5], labelers: 'simulated' });
    const { sentence, holds } = findingOf(rehearsal, first(rehearsal));
    expect(sentence).toMatch(/of these, simulated labelers agree on \d+ \(type A\) and disagree on \d+\.$/);
    expect(`${sentence} ${holds}`).not.toMatch(/\bpeople\b/);
  });

  it('says why nothing can be said', () => {
    const one = study({ targets: [97.5], networks: 1, labelers: 'real' });
    const { why, ...ofPeople } = findingOf(one, first(one));
    expect(why).toBe(twoModels);
    expect(ofPeople).toEqual({ ...findingOf(one, null), why: undefined });
    expect(ofPeople.sentence).toMatch(/^The 10 labelers disagree on/);
    const oneAlone = study({ targets: [97.5], networks: 1, labelers: 'none' });
    expect(findingOf(oneAlone, first(oneAlone))).toEqual({ sentence: null, why: twoModels, holds: null });
    const nobodyAtAll = study({ targets: [], labelers: 'none' });
    expect(findingOf(nobodyAtAll, null)).toEqual({ sentence: null, why: nobody, holds: null });
  });

  it('says of networks alone that nobody has labeled', () => {
    const alone = study({ targets: [97.5], labelers: 'none' });
    const { sentence, why } = findingOf(alone, first(alone));
    expect(sentence).toMatch(/gave different labels to \d+ of 165 images \([^)]*\)\.$/);
    expect(why).toBe(nobody);
  });

  it.each([
    ['real', /^The 10 labelers disagree on \d+ of 165 images \(/],
    ['simulated', /^The 10 simulated labelers disagree on \d+ of 165 images \(/],
    ['counts', /^People disagree on \d+ of 165 images \(/],
  ] as const)('without networks is about %s people', (labelers, expected) => {
    expect(findingOf(study({ targets: [], labelers }), null).sentence).toMatch(expected);
  });

  it.each([
    ['set', 'People agree on an image where all chose the same single label.'],
    ['graded', 'Of ratings, the label that a person rated highest counts.'],
    ['abstain', '“Can’t tell” counts as no label.'],
  ] as const)('says what agreement is of answers of the kind %s', (response, says) => {
    const ofKind = { ...whole, response };
    const interval = findingOf(whole, first(whole)).holds ?? '';
    expect(findingOf(ofKind, first(ofKind)).holds).toBe(`${says} ${interval}`);
    expect(findingOf(ofKind, null).holds).toMatch(says);
    const alone = { ...study({ targets: [97.5], labelers: 'none' }), response };
    expect(findingOf(alone, first(alone)).holds).not.toMatch(says);
    const simulated = findingOf({ ...ofKind, rehearsal: true }, null).holds;
    expect(simulated).not.toMatch(/people/i);
  });

  it('without networks says where people agree on all', () => {
    const people = study({ targets: [], labelers: 'real' });
    const said = (percent: number) => {
      const humans = people.humans && { ...people.humans, disagree_pct: percent };
      return findingOf({ ...people, humans }, null).sentence;
    };
    expect(said(0)).toBe('The 10 labelers agree on each of 165 images.');
    expect(said(100 / 165)).toMatch(/^The 10 labelers disagree on 1 of 165 images/);
  });

  it('names the group and how it was stopped', () => {
    const compared = first(whole);
    const named = (change: Partial<ComparedGroup>) => findingOf(whole, { ...compared, ...change }).sentence;
    expect(named({ apart: 0.123 })).toMatch(
      /^9 networks .* accuracy, with test accuracies at most 0\.13 points apart, gave/,
    );
    expect(named({ apart: 0.004 })).toMatch(/at most 0\.01 points apart, gave/);
    expect(named({ apart: 0.07000000000000739 })).toMatch(/at most 0\.07 points apart, gave/);
    expect(named({ apart: 0 })).toMatch(
      /^9 networks trained to 97\.5 % accuracy, all with the same test accuracy, gave/,
    );
    expect(named({ apart: null })).toMatch(/^9 networks trained to 97\.5 % accuracy gave/);
    expect(named({ target: 'epochs 10', apart: 2 })).toMatch(/^9 networks stopped at 10 epochs gave/);
    expect(named({ target: '', title: 'Tables of others' })).toMatch(/^9 networks \(Tables of others\) gave/);
    expect(named({ target: '', choice: { kind: 'chosen', models: ['a'] } })).toMatch(/^9 chosen networks gave/);
  });

  it('has the count of each share, whatever it was rounded to', () => {
    for (let differ = 1; differ <= 165; differ++) {
      const { sentence } = findingOf(...withCounts(whole, { type_a: differ, both_disagree: 0, type_c: 0 }, 165));
      expect(sentence).toContain(`gave different labels to ${differ} of 165 images`);
    }
  });

  it('counts what people do where networks differ, of the images with two labels', () => {
    const said = (counts: Counts, images = 165, differ?: number) =>
      findingOf(...withCounts(whole, counts, images, differ)).sentence;
    expect(said({ type_a: 0, both_disagree: 0, type_c: 7 })).toMatch(
      /gave the same label to each of 165 images, while people disagree on 7\.$/,
    );
    expect(said({ type_a: 0, both_disagree: 0, type_c: 0 })).toMatch(
      /gave the same label to each of 165 images, and people agree on each\.$/,
    );
    expect(said({ type_a: 0, both_disagree: 0, type_c: 3 }, 20, 0)).toMatch(
      /to each of 165 images, while people disagree on 3 of the 20 with two labels or more\.$/,
    );
    expect(said({ type_a: 0, both_disagree: 0, type_c: 0 }, 20, 0)).toMatch(
      /to each of 165 images, and people agree on each of the 20 with two labels or more\.$/,
    );
    expect(said({ type_a: 0, both_disagree: 1, type_c: 1 })).toMatch(/; people disagree on it too\.$/);
    expect(said({ type_a: 2, both_disagree: 0, type_c: 1 })).toMatch(/; people agree on each of these \(type A\)\.$/);
    expect(said({ type_a: 1, both_disagree: 0, type_c: 0 }, 1)).toMatch(/; of the 1 of these with two labels or more,/);
    expect(said({ type_a: 3, both_disagree: 3, type_c: 1 })).toMatch(/agree on 3 \(type A\) and disagree on 3\.$/);
    expect(said({ type_a: 3, both_disagree: 3, type_c: 1 }, 100)).toMatch(/of the 6 of these with two labels or more,/);
    const [one, compared] = withCounts(whole, { type_a: 1, both_disagree: 0, type_c: 0 }, 1);
    expect(findingOf(one, compared).why).toBeNull();
    expect(said({ type_a: 0, both_disagree: 5, type_c: 1 })).toMatch(/; people disagree on each of these too\.$/);
    expect(said({ type_a: 1, both_disagree: 0, type_c: 1 })).toMatch(/; people agree on it \(type A\)\.$/);
    expect(said({ type_a: 2, both_disagree: 3, type_c: 1 }, 100)).toMatch(
      /; of the 5 of these with two labels or more, people agree on 2 \(type A\) and disagree on 3\.$/,
    );
    expect(said({ type_a: 0, both_disagree: 0, type_c: 1 }, 20)).toMatch(
      /; no two people have labeled any of these\.$/,
    );
  });
});

it('accuracies lie apart by their range, known only if all are', () => {
  expect(apartOf([97.5, 97.25, 98])).toBe(0.75);
  expect(apartOf([97.5, null])).toBeNull();
  expect(apartOf([])).toBeNull();
});

type Counts = Pick<Types['counts'], 'type_a' | 'both_disagree' | 'type_c'>;

/** The group as if these were its types. With fewer images with a type, networks differ on nine. */
function withCounts(
  view: ReturnType<typeof study>,
  counts: Counts,
  images: number,
  differ = images === 165 ? counts.type_a + counts.both_disagree : 9,
): [ReturnType<typeof study>, ComparedGroup] {
  const compared = first(view);
  const { types, table2: shares } = compared.group;
  const group = {
    ...compared.group,
    table2: { ...shares, all_disagree_pct: (100 * differ) / 165 },
    types: types && { ...types, n_images: images, counts: { ...types.counts, ...counts } },
  };
  return [
    { ...view, determined: images },
    { ...compared, group },
  ];
}
