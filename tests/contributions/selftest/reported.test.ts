import { describe, expect, test } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { runSelfTest } from '../../../main/contributions/selftest/analysis/self-test.ts';
import { selfTestAppendix } from '../../../main/contributions/selftest/appendix.ts';
import selftest from '../../../main/contributions/selftest/results.ts';
import type { ReportData, ReportedPart } from '../../../main/exhibits/report-data.ts';
import { cellsOf, files } from '../../reports/exhibit-files.ts';
import { frameOf, textOf, valuesOf } from '../../reports/page.ts';
import { sampleData } from '../../reports/sample.ts';

const { checks } = runSelfTest();
const withParts = (contributed: readonly ReportedPart[]): ReportData => ({
  ...sampleData({ networks: 2 }),
  contributed,
  added: selftest,
});

describe('the self-test in a report', () => {
  const all = files(withParts(selftest.report()));
  const page = all.get('index.html') ?? '';

  test('stands in an appendix, each value with its source', () => {
    const table = frameOf(page, 'table-self-test');
    for (const { expected, found, source } of checks) {
      expect(valuesOf(table)).toContain(expected);
      expect(valuesOf(table)).toContain(found);
      expect(textOf(table)).toContain(source);
    }
    expect(page).toContain('<a href="#self-test">Self-test</a>');
    expect(page.indexOf('<section id="self-test"')).toBeGreaterThan(page.indexOf('<section id="provenance"'));
    expect(table).not.toMatch(/rehears/i);
  });

  test('is a file behind the runs', () => {
    expect(cellsOf(all, 'self-test')).toHaveLength(checks.length);
    const names = [...all.keys()];
    expect(names.indexOf('csv/self-test.csv')).toBe(names.indexOf('csv/runs.csv') + 1);
  });

  test('warns where a value did not come out', () => {
    const failed = { passed: false, checks: checks.map((check) => ({ ...check, passed: false })) };
    const part = { section: 'self-test', tables: [], figures: [], appendix: selfTestAppendix(failed) } as const;
    expect(files(withParts([part])).get('index.html')).toContain('do not trust the numbers');
  });

  test('is only there where it was chosen', () => {
    const without = files(withParts(selftest.report()), { ...wholeReport, sections: ['networks'] });
    expect(without.get('index.html')).not.toContain('self-test');
    expect([...without.keys()]).not.toContain('csv/self-test.csv');
  });
});
