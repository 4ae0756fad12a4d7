import { reportState, saveChoice } from '../report/choose.ts';
import { startWriting, writtenBy } from '../report/jobs.ts';
import { api } from './base.ts';

export const reportHandlers = {
  state: api.report.state.handler(({ input, context: { lab } }) => reportState(lab, input.study)),
  save: api.report.save.handler(({ input, context: { lab } }) => {
    saveChoice(lab, input.study, input.choice);
    return {};
  }),
  preview: api.report.preview.handler(async ({ input, context: { lab }, signal }) => ({
    html: await lab.reports.page(input.study, input.choice, signal ?? new AbortController().signal),
  })),
  write: api.report.write.handler(({ input, context: { lab } }) => ({
    job: startWriting(lab, input.study, input.choice),
  })),
  written: api.report.written.handler(({ input, context: { lab } }) => writtenBy(lab, input.job)),
};
