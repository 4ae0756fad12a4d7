import type { Facts } from './facts.ts';

/**
 * Reads a page of the program or a report. It runs inside of the page, and so uses nothing else of this file.
 * @param root its first element @param study the study's name
 */
export function readFacts(root: Element, { study, where }: { study: string; where: string }): Facts {
  const page = root.ownerDocument;
  const facts: { what: string; text: string; where: string }[] = [];
  const differences: { what: string; text: string; of: string; less: string; where: string }[] = [];
  /** What is read aloud only, the paper's values and marks of notes are other things than the number that they stand beside. */
  const aside = '.sr, .paper-value, .paper, sup, small';
  const textOf = (element: Element | null | undefined): string => {
    const copy = element?.cloneNode(true) as Element | undefined;
    for (const each of copy?.querySelectorAll(aside) ?? []) each.remove();
    return (copy?.textContent ?? '').replace(/\s+/g, ' ').trim();
  };
  const add = (what: string, text: string): void => {
    if (text !== '') facts.push({ what: `${study}: ${what}`, text, where });
  };

  for (const marked of page.querySelectorAll('[data-quantity]')) {
    add(`number of ${marked.getAttribute('data-quantity')}`, textOf(marked));
  }

  const whereNetworksDiffer = 'images on which networks of the first group differ';
  for (const found of page.querySelectorAll('.finding > p:first-child, .found > p:first-of-type')) {
    const text = textOf(found);
    const [, networks] = /^(\d+) networks?\b/.exec(text) ?? [];
    if (networks === undefined) continue;
    // As words, not as the number that it begins with.
    add('what was found', `found: ${text}`);
    add('networks of the first group', networks);
    const [, of, share, low, high] =
      /of (\d+) images \(([\d.]+)\s%(?:, 95\s% interval ([\d.]+) to ([\d.]+)\s%)?\)/.exec(text) ?? [];
    if (share) add(whereNetworksDiffer, `${share} %${low ? ` [${low} to ${high}]` : ''} n = ${of}`);
  }

  const seen = new Map<string, number>();
  for (const table of page.querySelectorAll('table.quantity-table, figure.frame table.numbers')) {
    const id = table.closest('figure.frame')?.id ?? table.closest('[aria-labelledby]')?.getAttribute('aria-labelledby');
    const headings = [...table.querySelectorAll('thead th')].map(textOf);
    for (const body of table.querySelectorAll('tbody')) {
      const rows = [...body.querySelectorAll('tr')];
      const group = textOf(body.querySelector('th[scope="rowgroup"]'));
      const cellAt = (row: Element | undefined, key: string): string =>
        textOf(row?.querySelector(`td[data-column="${key}"]`));
      for (const row of rows) {
        const name = `${group} ${textOf(row.querySelector('th[scope="row"]'))}`.trim();
        const cells = [...row.querySelectorAll('td')];
        const before = headings.length - cells.length;
        for (const [at, cell] of cells.entries()) {
          const heading = headings[before + at];
          const what = `“${heading}” of “${name}” in ${id}`.toLowerCase();
          // Rows of one name are told apart by their order.
          const time = (seen.get(what) ?? 0) + 1;
          seen.set(what, time);
          add(time === 1 ? what : `${what}, ${time}`, textOf(cell));
          if (id === 'table-2' && heading === 'Any differ' && row === rows[0]) add(whereNetworksDiffer, textOf(cell));
          const [of, less] = (cell.getAttribute('data-difference') ?? '').split(' ');
          if (!of) continue;
          differences.push({
            what: `${study}: ${what}`,
            text: textOf(cell),
            of: cellAt(row, of),
            less: less ? cellAt(row, less) : cellAt(rows[0], of),
            where,
          });
        }
      }
    }
  }

  const count = (what: string, text: string, pattern: RegExp): void => add(what, pattern.exec(text)?.[1] ?? '');
  const choosesNetworks = page.querySelector('.results-head')?.textContent?.includes('Choose networks') === true;
  for (const said of page.querySelectorAll('.soft, figcaption .sample')) {
    const text = textOf(said);
    count('number of Labeling', text, /(?:^|n = |; |· )(\d+) (?:simulated )?(?:labelers|people)\b/);
    count('number of Stimuli', text, /^(\d+) images · /);
    if (choosesNetworks && said.closest('h2')) count('networks of the first group', text, /; (\d+) networks\b/);
    count('networks of the first group', text, /^(\d+) diverse models at /);
  }

  if (/\bNobody has labeled\b/.test(page.body.textContent ?? '')) add('number of Labeling', '0');

  const texts = new Map<string, string>();
  const walker = page.createTreeWalker(page.body, 4);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const text = (node.textContent ?? '').trim();
    // Published values of the self-test are compared digit by digit.
    if (!/\d/.test(text) || !parent || parent.closest('script, style, code, pre, textarea, noscript, #table-self-test'))
      continue;
    const part = parent.closest('figure[id]')?.id;
    texts.set(text, part === undefined ? where : `${where}, ${part}`);
  }
  return { facts, differences, texts: [...texts].map(([text, place]) => ({ text, where: place })) };
}
