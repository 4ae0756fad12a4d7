import { changeDataSet, dataSetFiles } from '../studies/data-set-files.ts';
import { createStudy, duplicateStudy, presets, purgeStudy, renameStudy, setDeleted } from '../studies/studies.ts';
import { listStudies } from '../pipeline/overview.ts';
import { findStudy } from '../workbench/find.ts';
import { api, done } from './base.ts';

export const studiesHandlers = {
  list: api.studies.list.handler(({ context: { lab } }) => listStudies(lab)),
  presets: api.studies.presets.handler(({ context: { lab } }) => presets(lab)),
  create: api.studies.create.handler(({ input, context: { lab } }) => ({
    name: createStudy(lab, input.source, input),
  })),
  createAndRun: api.studies.createAndRun.handler(({ input: { preset }, context: { lab } }) => {
    const known = lab.workbench.storage.studies.byName(preset);
    const goesOn = known?.deletedAt === null;
    const name = goesOn ? preset : createStudy(lab, { kind: 'preset', preset }, { name: null, title: null });
    return { name, job: lab.work.start(name, 'report') };
  }),
  rename: api.studies.rename.handler(({ input, context: { lab } }) => done(renameStudy(lab, input.study, input))),
  dataSet: api.studies.dataSet.handler(({ input, context: { lab } }) => dataSetFiles(lab, input.study)),
  changeDataSet: api.studies.changeDataSet.handler(({ input, context: { lab } }) =>
    done(changeDataSet(lab, input.study, input.files)),
  ),
  duplicate: api.studies.duplicate.handler(({ input, context: { lab } }) => ({
    name: duplicateStudy(lab, input.study, input.name),
  })),
  setDeleted: api.studies.setDeleted.handler(({ input, context: { lab } }) =>
    done(setDeleted(lab, input.study, input.deleted)),
  ),
  purge: api.studies.purge.handler(async ({ input, context: { lab } }) => done(await purgeStudy(lab, input.study))),
  file: api.studies.file.handler(({ input, context: { lab } }) => {
    const { name, spec } = findStudy(lab.workbench, input.study);
    const bytes = Buffer.from(`${JSON.stringify(spec, null, 2)}\n`);
    return { address: lab.downloads.offer({ name: `${name}.json`, type: 'application/json', content: { bytes } }) };
  }),
};
