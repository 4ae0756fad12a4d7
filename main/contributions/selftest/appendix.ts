import type { ReportAppendix } from '../../exhibits/index.ts';
import { frame, html } from '../../reports/index.ts';
import type { SelfTestResult } from './analysis/self-test.ts';

/** Published values, recomputed on the machine that made this report. */
export function selfTestAppendix({ checks, passed }: SelfTestResult): ReportAppendix {
  const verdict = passed
    ? `All ${checks.length} published values came out as published on the machine that made this report.`
    : 'Some published values were not reproduced: do not trust the numbers of this report, and tell its maintainers.';
  const rows = checks.map(
    ({ name, of, expected, found, passed: good, source }) => html`<tr>
      <th scope="row">${name}</th>
      <td class="words wrap">${of}</td>
      <td><data value="${expected}">${digits(expected)}</data></td>
      <td>${found === null ? '–' : html`<data value="${found}">${digits(found)}</data>`}</td>
      <td>${good ? 'yes' : html`<strong>no</strong>`}</td>
      <td class="words wrap">${source}</td>
    </tr>`,
  );
  const body = html`<p>${verdict}</p>${frame(null, {
    id: 'table-self-test',
    number: 'Table A',
    title: 'Published values, recomputed here',
    people: false,
    body: html`<table class="numbers">
        <thead>
          <tr>
            <th scope="col">Measure</th>
            <th scope="col">Data</th>
            <th scope="col">Published</th>
            <th scope="col">Here</th>
            <th scope="col">Same</th>
            <th scope="col">Source</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>`,
  })}`;
  return { name: 'Self-test', heading: 'Appendix: self-test of the measures', body: body.text };
}

/** Up to seven significant digits, as published values have them. */
const digits = (value: number): string => String(Number(value.toPrecision(7))).replace('-', '\u2212');
