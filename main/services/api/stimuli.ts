import { mostConfused } from '../../contract/api/stimuli.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { confusedPairs } from '../../domain/anchors/pair-design.ts';
import { knownConfusion } from '../study/blended.ts';
import { findStudy } from '../workbench/find.ts';
import { copyStudy, refuseLabeled, saveDraft, saveTestImages, setSource } from '../stimuli/draft.ts';
import { frozenStrip, oneImage } from '../stimuli/images.ts';
import { look, norms, type PreviewContext, strip, strips } from '../stimuli/previews.ts';
import { stimuliState } from '../stimuli/state.ts';
import type { Lab } from '../lab/lab.ts';
import { api } from './base.ts';

const preview = (lab: Lab, study: string, signal?: AbortSignal): PreviewContext => ({
  workbench: lab.workbench,
  previews: lab.previews,
  study: findStudy(lab.workbench, study),
  signal,
});

function changed(lab: Lab): void {
  lab.changes.publish('stimuli');
  lab.changes.publish('studies');
}

export const stimuliHandlers = {
  state: api.stimuli.state.handler(({ input, context: { lab } }) =>
    stimuliState(lab.workbench, findStudy(lab.workbench, input.study)),
  ),
  confusion: api.stimuli.confusion.handler(({ input, context: { lab } }) => {
    const confusion = knownConfusion(lab.workbench, findStudy(lab.workbench, input.study).id);
    if (!confusion) return null;
    return confusedPairs(confusion)
      .slice(0, mostConfused)
      .map(({ pair: [i, j], ...rest }) => ({ pair: [i, j] as [number, number], ...rest }));
  }),
  saveDraft: api.stimuli.saveDraft.handler(({ input, context: { lab } }) => {
    saveDraft(lab.workbench, findStudy(lab.workbench, input.study), input.before, input.draft);
    changed(lab);
    return {};
  }),
  setSource: api.stimuli.setSource.handler(({ input, context: { lab } }) => {
    setSource(lab.workbench, findStudy(lab.workbench, input.study), input.source);
    changed(lab);
    return {};
  }),
  chooseTestImages: api.stimuli.chooseTestImages.handler(({ input, context: { lab } }) => {
    saveTestImages(lab.workbench, findStudy(lab.workbench, input.study), input.before, input.choose);
    changed(lab);
    return {};
  }),
  preview: api.stimuli.preview.handler(({ input: { study, ...asked }, context: { lab }, signal }) =>
    look(preview(lab, study, signal), asked),
  ),
  strip: api.stimuli.strip.handler(({ input: { study, ...way }, context: { lab }, signal }) =>
    strip(preview(lab, study, signal), way),
  ),
  strips: api.stimuli.strips.handler(({ input: { study, ...ways }, context: { lab }, signal }) =>
    strips(preview(lab, study, signal), ways),
  ),
  norms: api.stimuli.norms.handler(({ input: { study, ...way }, context: { lab } }) => norms(preview(lab, study), way)),
  frozenStrip: api.stimuli.frozenStrip.handler(({ input, context: { lab }, signal }) =>
    frozenStrip(preview(lab, input.study, signal), input.pair),
  ),
  image: api.stimuli.image.handler(({ input, context: { lab }, signal }) =>
    oneImage(preview(lab, input.study, signal), input.image),
  ),
  freeze: api.stimuli.freeze.handler(({ input, context: { lab } }) => {
    const study = findStudy(lab.workbench, input.study);
    const { frozen, locked } = stimuliState(lab.workbench, study);
    if (frozen?.current) throw alreadyFrozen(frozen.hash);
    if (locked) refuseLabeled(lab.workbench, study);
    const { acceptDoubtful } = input;
    return { job: lab.work.start(input.study, 'stimuli', { acceptDoubtful }) };
  }),
  copy: api.stimuli.copy.handler(({ input, context: { lab } }) => {
    const study = copyStudy(lab.workbench, findStudy(lab.workbench, input.study));
    changed(lab);
    return { study };
  }),
};

const alreadyFrozen = (hash: string): UserError =>
  new UserError(
    'stimuli.frozen',
    'This set is frozen already',
    `stimulus set ${hash.slice(0, 12)}`,
    'Change anchors, pairs or interpolation to make another one.',
  );
