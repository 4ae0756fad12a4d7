import { Window } from 'happy-dom';
import { expect, test } from 'vitest';
import {
  contradictions,
  type Difference,
  type Fact,
  faultsOf,
  longNumbers,
  parseShown,
  wrongDifferences,
} from './facts.ts';
import { readFacts } from './read-facts.ts';

/** What two places say of one thing. */
const said = (one: string, other: string): Fact[] => [
  { what: 'type A', text: one, where: 'Overview' },
  { what: 'type A', text: other, where: 'Results' },
];

test.for([
  ['value', '7.9 % (13 of 165 images)', '8.5 % (13 of 165 images)'],
  ['value', '7.9 % (13 of 165 images)', '7.97 % n = 165 images'],
  ['n', '7.9 % (13 of 165 images)', '7.9 % n = 163 images'],
  ['unit', '7.9 % (13 of 165 images)', '7.9 points n = 165 images'],
  ['state', '7.9 % (13 of 165 images)', '– n = 165 images'],
  ['state', 'Done', 'Running'],
  ['standard deviation', '6.5 ± 0.5 %', '6.5 ± 0.7 %'],
  ['interval', '7.9 % [2.8 to 14.6]', '7.9 % [2.8 to 14.9]'],
])('two places that differ in their %s are found: %s, %s', ([part, one, other]) => {
  expect(contradictions(said(one ?? '', other ?? ''))).toEqual([
    `type A: “${one}” on Overview, “${other}” on Results (${part})`,
  ]);
});

test.for([
  ['7.9 % (13 of 165 images)', '7.88\u00a0% [2.8 to 14.6] n = 165 images'],
  ['−0.3', '-0.30'],
  ['1,026', '1026'],
  ['≈ 97.11 %', '97.1 %'],
  ['Done', 'Done '],
  ['–', '–'],
  // The exact value may be 7.85.
  ['7.9', '7.85'],
])('what is only written in another way is none: %s, %s', ([one, other]) => {
  expect(contradictions(said(one ?? '', other ?? ''))).toEqual([]);
});

test('a number is read with all that stands beside it', () => {
  expect(parseShown('−1.50 ± 0.25 % [−2.0 to −1.0]a n = 1,026 values')).toEqual({
    value: { value: -1.5, decimals: 2 },
    std: { value: 0.25, decimals: 2 },
    unit: '%',
    n: { value: 1026, decimals: 0 },
    from: { value: -2, decimals: 1 },
    to: { value: -1, decimals: 1 },
  });
  expect(parseShown('13 of 165 images of type A')).toMatchObject({
    value: { value: 13 },
    unit: null,
    n: { value: 165 },
  });
  expect(parseShown('Partly done')).toBeNull();
});

test.for<[text: string, of: string, less: string, isWrong: boolean]>([
  ['2.4', '96.3 %', '93.3 %', true],
  ['−0.6', '80.5', '70.4', true],
  // Rounded each by itself, they miss by one.
  ['2.1 [−2.4 to 6.5]', '95.5 %', '93.5 %', true],
  ['2.1 [−2.4 to 6.5]', '95.55 %', '93.49 %', false],
  ['0.10', '0.35', '0.25', false],
  ['–', '95.5 %', '93.5 %', false],
])('a difference %s beside %s and %s is wrong: %s', ([text, of, less, isWrong]) => {
  const difference: Difference = { what: 'ViT', where: 'Effects', text, of, less };
  expect(wrongDifferences([difference])).toEqual(
    isWrong ? [`ViT: “${text.replace('−', '-').replace('−', '-')}” on Effects beside “${of}” and “${less}”`] : [],
  );
});

test('measured numbers have four digits; counts, names, dates and versions have as many as they need', () => {
  const found = (...texts: string[]): string[] => longNumbers(texts.map((text) => ({ text, where: 'Runs' })));
  expect(found('nearest 95.83333333333333 %', 'about 12,345 images', '1,234.5 s', '−13.164')).toEqual([
    '“95.83333333333333” in “nearest 95.83333333333333 %” on Runs',
    '“12,345” in “about 12,345 images” on Runs',
    '“1,234.5” in “1,234.5 s” on Runs',
    '“13.164” in “-13.164” on Runs',
  ]);
  expect(
    found(
      '97.46',
      '0.00001234',
      '100.00 %',
      '118,282 parameters, seed 1234567',
      '2026-12-03',
      'TensorFlow 2.21.0',
      'about 60,000 images',
      'http://127.0.0.1:12345',
      'sha 12345.6789ab',
    ),
  ).toEqual([]);
});

/** A page as the program draws it, with a contradiction of each kind planted. */
const planted = `
  <div class="finding"><p>9 networks gave different labels to 23 of 165 images (13.9&nbsp;%, 95&nbsp;% interval 9.3 to 18.9&nbsp;%).</p></div>
  <h2>Who disagrees</h2> <dd data-quantity="A"><span class="share">7.9&nbsp;% <span>(13 of 165 images)</span></span></dd>
  <section aria-labelledby="effects"><h2 id="effects">Effects <span class="soft">n = 10 people; 9 networks</span></h2>
    <table class="quantity-table"><thead><tr><th>Level</th><th>Mean</th><th>Mean of CNN</th><th>Difference</th></tr></thead>
    <tbody><tr><th scope="row">ViT</th>
      <td data-column="mean">95.5 % <span class="sr">show images</span></td>
      <td data-column="reference">93.5 % <span class="paper-value">94</span></td>
      <td data-column="difference" data-difference="mean reference">2.1</td></tr></tbody></table></section>
  <p class="soft">12 simulated labelers</p> <p>nearest 95.83333333333333 %</p>
  <p>Nobody has labeled yet.</p> <code>1.23456</code>`;

/** The same table and number in a report. */
const report = `
  <div class="found"><p>9 networks gave different labels to 25 of 165 images (15.2&nbsp;%, 95&nbsp;% interval 9.3 to 18.9&nbsp;%).</p></div>
  <figure class="frame" id="table-2"><table class="numbers"><thead><tr><th>Target</th><th>Any differ</th></tr></thead>
    <tbody><tr><th scope="row">97.5 %</th><td>13.9&nbsp;% [9.3 to 19.1]</td></tr></tbody></table></figure>
  <p><span data-quantity="A">7.9&nbsp;% n = 163 images</span></p>
  <figure class="frame" id="effects"><figcaption><span class="sample">n = 10 people</span></figcaption>
    <table class="numbers"><thead><tr><th>Level</th><th>Mean</th></tr></thead>
    <tbody><tr><th scope="row">ViT</th><td><data value="0.961">96.1</data>&nbsp;%</td></tr></tbody></table></figure>`;

test('of pages, each planted contradiction is found, and nothing else', () => {
  const read = [planted, report].map((html, at) => {
    const { document } = new Window();
    document.body.innerHTML = html;
    return readFacts(document.body as unknown as Element, { study: 's', where: at === 0 ? 'Results' : 'the report' });
  });
  expect(faultsOf(read)).toEqual([
    's: number of A: “7.9 % (13 of 165 images)” on Results, “7.9 % n = 163 images” on the report (n)',
    expect.stringMatching(/^s: what was found: “found: 9 networks .* to 23 .*” on Results, .* to 25 .* \(state\)$/),
    ...[
      ['“13.9 % [9.3 to 18.9] n = 165” on Results', '“15.2 % [9.3 to 18.9] n = 165” on the report', 'value'],
      ['“13.9 % [9.3 to 18.9] n = 165” on Results', '“13.9 % [9.3 to 19.1]” on the report', 'interval'],
      ['“15.2 % [9.3 to 18.9] n = 165” on the report', '“13.9 % [9.3 to 19.1]” on the report', 'value'],
    ].map(([one, other, part]) => `s: images on which networks of the first group differ: ${one}, ${other} (${part})`),
    's: “mean” of “vit” in effects: “95.5 %” on Results, “96.1 %” on the report (value)',
    's: number of Labeling: “10” on Results, “12” on Results (value)',
    's: number of Labeling: “10” on Results, “0” on Results (value)',
    's: number of Labeling: “12” on Results, “0” on Results (value)',
    's: “difference” of “vit” in effects: “2.1” on Results beside “95.5 %” and “93.5 %”',
    '“95.83333333333333” in “nearest 95.83333333333333 %” on Results',
  ]);
});
