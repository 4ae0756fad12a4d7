import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderReport } from '../../../main/reports/render.ts';
import { browserPrinter } from '../../../main/services/tools/printer.ts';
import { readPdf } from '../../reports/pdf.ts';
import { sampleData } from '../../reports/sample.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const printer = browserPrinter();
const hostile = ['<img src=x onerror=alert(1)>', '=cmd()', '<script>document.title="run"</script>'] as const;

test.skipIf(printer.missing !== null)(
  'names that would be markup or formulas are read as they are in a PDF',
  async () => {
    const [image, formula, script] = hostile;
    const data = sampleData({ classes: [image, formula, ...'23456789'], pairs: 3 });
    const folder = temporaryFolder();
    const [page, pdf] = [join(folder, 'index.html'), join(folder, 'report.pdf')];
    const study = { ...data.study, title: `${script} ${formula}`, question: image };
    writeFileSync(page, renderReport({ ...data, study }));
    await printer.print(page, pdf, 'A4', new AbortController().signal);
    const bytes = readFileSync(pdf);
    const text = readPdf(bytes).pages.join('').replace(/\s/g, '');
    for (const name of hostile) expect(text.includes(name.replace(/\s/g, '')), name).toBe(true);
    expect(bytes.toString('latin1')).not.toMatch(/\/JavaScript|\/Launch|\/OpenAction/);
  },
);
