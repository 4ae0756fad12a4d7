import {
  changePlaceOfStudy,
  clusterStates,
  giveUpCluster,
  placeOfStudy,
  removeClusterProfile,
  removeDamagedProfile,
  saveClusterProfile,
} from '../clusters/state.ts';
import { openClusters } from '../queue/clusters.ts';
import { api, done } from './base.ts';

export const clustersHandlers = {
  list: api.clusters.list.handler(({ context: { lab } }) => clusterStates(lab)),
  save: api.clusters.save.handler(({ input, context: { lab } }) => ({
    name: saveClusterProfile(lab, input.text, input.replaces),
  })),
  remove: api.clusters.remove.handler(({ input, context: { lab } }) => done(removeClusterProfile(lab, input.name))),
  giveUp: api.clusters.giveUp.handler(({ input, context: { lab } }) => {
    const runs = giveUpCluster(lab, input.name);
    openClusters(lab.workbench).wake();
    return { runs };
  }),
  check: api.clusters.check.handler(({ input, context: { lab } }) => ({ job: lab.clusterChecks.start(input.name) })),
  removeDamaged: api.clusters.removeDamaged.handler(({ input, context: { lab } }) =>
    done(removeDamagedProfile(lab, input.file)),
  ),
  ofStudy: api.clusters.ofStudy.handler(({ input, context: { lab } }) => placeOfStudy(lab, input.study)),
  placeStudy: api.clusters.placeStudy.handler(({ input, context: { lab } }) =>
    changePlaceOfStudy(lab, input.study, input.place),
  ),
};
