import { picture, pictures } from '../results/pictures.ts';
import { api } from './base.ts';

export const resultsHandlers = {
  overview: api.results.overview.handler(({ input, context: { lab } }) => lab.analysis.ask('overview', input)),
  people: api.results.people.handler(({ input, context: { lab } }) => lab.analysis.ask('people', input)),
  types: api.results.types.handler(({ input, context: { lab } }) => lab.analysis.ask('types', input)),
  tables: api.results.tables.handler(({ input, context: { lab } }) => lab.analysis.ask('tables', input)),
  images: api.results.images.handler(({ input, context: { lab } }) => lab.analysis.ask('images', input)),
  labels: api.results.labels.handler(({ input, context: { lab } }) => lab.analysis.ask('labels', input)),
  softmax: api.results.softmax.handler(({ input, context: { lab } }) => lab.analysis.ask('softmax', input)),
  calibration: api.results.calibration.handler(({ input, context: { lab } }) => lab.analysis.ask('calibration', input)),
  certainty: api.results.certainty.handler(({ input, context: { lab } }) => lab.analysis.ask('certainty', input)),
  along: api.results.along.handler(({ input, context: { lab } }) => lab.analysis.ask('along', input)),
  agreement: api.results.agreement.handler(({ input, context: { lab } }) => lab.analysis.ask('agreement', input)),
  rarefaction: api.results.rarefaction.handler(({ input, context: { lab } }) => lab.analysis.ask('rarefaction', input)),
  compare: api.results.compare.handler(({ input, context: { lab } }) => lab.analysis.ask('compare', input)),
  which: api.results.which.handler(({ input, context: { lab } }) => lab.analysis.ask('which', input)),
  pictures: api.results.pictures.handler(({ input, context: { lab } }) => pictures(lab.bench, input)),
  picture: api.results.picture.handler(({ input, context: { lab } }) => picture(lab.bench, input)),
  image: api.results.image.handler(({ input, context: { lab } }) => lab.analysis.ask('image', input)),
  selfTest: api.results.selfTest.handler(({ context: { lab } }) => lab.analysis.ask('selfTest', {})),
};
