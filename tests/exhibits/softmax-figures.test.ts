import { expect, test } from 'vitest';
import { entropyFigure, softmaxFigure } from '../../main/exhibits/softmax-figures.ts';

const whose = { rehearsal: false, response: 'single' } as const;
const choice = { kind: 'diverse', target: 98 } as const;

test('softmax: bins of any number make ten bars, in percent of the values of a type', () => {
  const none = new Array<number>(20).fill(0);
  const counts = { type_a: [...none.slice(2), 1, 3], both_disagree: none, both_agree: none, type_c: none };
  const [chart] = softmaxFigure(whose, [{ title: '98 %', choice, counts }]).charts;
  const bars = chart?.kind === 'bars' ? chart.categories.map((category) => category.bars) : [];
  expect(bars.map(([bar]) => bar?.value)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 100]);
  expect(bars.at(-1)).toMatchObject([{ n: 4, opens: { which: { type: 'type_a', from: 36, to: 40 } } }]);
});

test('entropy: images of one type with equal values share a mark, which opens them all', () => {
  const image = (id: number, type: 'type_a' | null, people: number | null) => ({ id, type, people, votes: 1 });
  const images = [image(1, 'type_a', 0), image(2, 'type_a', 0), image(3, null, 0), image(4, 'type_a', null)];
  const [chart] = entropyFigure(whose, [{ title: '98 %', rank: null, images }]).charts;
  const kinds = chart?.kind === 'points' ? chart.kinds : [];
  expect(kinds.map(({ name, points }) => [name, points.map(({ opens }) => opens)])).toEqual([
    ['A: only networks disagree', [{ kind: 'images', images: [1, 2], title: 'A: only networks disagree' }]],
    ['No type', [{ kind: 'images', images: [3], title: 'No type' }]],
  ]);
  expect(chart?.n).toMatch(/^n = 3 images/);
  expect(entropyFigure({ ...whose, response: 'graded' }, []).notes[0]).toContain('.');
});

test('entropy: a mark names few images, and says how many the others are', () => {
  const namesOf = (n: number) => {
    const images = Array.from({ length: n }, (_, id) => ({ id, type: null, people: 0, votes: 1 }));
    const [chart] = entropyFigure(whose, [{ title: '98 %', rank: null, images }]).charts;
    return chart?.kind === 'points' ? chart.kinds.flatMap(({ points }) => points.map(({ name }) => name)) : [];
  };
  expect(namesOf(6)).toEqual(['Images 0, 1, 2, 3, 4, 5']);
  expect(namesOf(6000)).toEqual(['6,000 images']);
});
