import { changePlaceOfRuns } from '../clusters/place.ts';
import { runAxis } from '../runs/axes.ts';
import { actOnRuns, possibleActions } from '../runs/actions.ts';
import { addModels, planModels, removeModels } from '../runs/change-models.ts';
import { suggestedModels, usualModel } from '../runs/suggested-models.ts';
import { deleteRuns, planDeletion } from '../runs/delete-runs.ts';
import { findRun } from '../workbench/find.ts';
import { remainingTraining, seedMatrix } from '../runs/remaining.ts';
import { runDetails } from '../runs/details.ts';
import { runRows, runTable } from '../runs/table.ts';
import { rememberView, removeView, saveView, readViews } from '../runs/views.ts';
import { api, done } from './base.ts';

export const runsHandlers = {
  table: api.runs.table.handler(({ input, context }) => runTable(context.lab, input)),
  rows: api.runs.rows.handler(({ input, context }) => runRows(context.lab, input.study, input.ids)),
  get: api.runs.get.handler(({ input, context }) => runDetails(context.lab, input.id)),
  curves: api.runs.curves.handler(({ input: { ids, series, points }, context }) =>
    ids.flatMap((run) =>
      series.map((name) => ({ run, ...context.lab.workbench.storage.curves.curve(run, name, points) })),
    ),
  ),
  axes: api.runs.axes.handler(({ input, context }) => input.ids.map((id) => runAxis(context.lab.workbench, id))),
  possible: api.runs.possible.handler(({ input, context }) => possibleActions(context.lab, input.study, input.ids)),
  act: api.runs.act.handler(({ input, context }) => actOnRuns(context.lab, input.study, input.ids, input.action)),
  place: api.runs.place.handler(({ input, context: { lab } }) =>
    changePlaceOfRuns(lab, input.study, input.ids, input.place),
  ),
  tag: api.runs.tag.handler(({ input: { ids, ...tags }, context: { lab } }) => {
    lab.workbench.storage.runNotes.tag(ids, tags);
    lab.changes.publish('runs', ids);
    return {};
  }),
  archive: api.runs.archive.handler(({ input: { ids, archived }, context: { lab } }) => {
    lab.workbench.storage.runNotes.setArchived(ids, archived);
    lab.changes.publish('runs', ids);
    return {};
  }),
  planDeletion: api.runs.planDeletion.handler(({ input, context }) =>
    planDeletion(context.lab, input.study, input.ids),
  ),
  delete: api.runs.delete.handler(({ input, context }) => deleteRuns(context.lab, input.study, input.ids)),
  note: api.runs.note.handler(({ input: { id, note }, context: { lab } }) => {
    lab.workbench.storage.runNotes.setNote(findRun(lab.workbench, id).id, note);
    lab.changes.publish('runs', [id]);
    return {};
  }),
  views: api.runs.views.handler(({ input, context }) => readViews(context.lab.workbench, input.study)),
  saveView: api.runs.saveView.handler(({ input, context: { lab } }) => {
    saveView(lab.workbench, input);
    lab.changes.publish('settings');
    return {};
  }),
  removeView: api.runs.removeView.handler(({ input, context: { lab } }) => {
    removeView(lab.workbench, input.name);
    lab.changes.publish('settings');
    return {};
  }),
  rememberView: api.runs.rememberView.handler(({ input, context }) =>
    done(rememberView(context.lab.workbench, input.study, input.view)),
  ),
  remaining: api.runs.remaining.handler(({ input, context }) => remainingTraining(context.lab, input.study)),
  suggested: api.runs.suggested.handler(({ input, context }) => suggestedModels(context.lab, input.study)),
  usualModel: api.runs.usualModel.handler(({ input, context }) => usualModel(context.lab, input.study)),
  planModels: api.runs.planModels.handler(({ input, context }) => planModels(context.lab, input)),
  addModels: api.runs.addModels.handler(({ input, context }) => addModels(context.lab, input)),
  removeModels: api.runs.removeModels.handler(({ input, context }) =>
    removeModels(context.lab, input.study, input.ids),
  ),
  matrix: api.runs.matrix.handler(({ input, context }) => seedMatrix(context.lab, input.study)),
};
