import { generatorLosses, generatorView, setCheckpoint, setRecipe, useShipped } from '../generators/view.ts';
import { api } from './base.ts';

export const generatorHandlers = {
  get: api.generator.get.handler(({ input, context: { lab } }) => generatorView(lab, input.study)),
  losses: api.generator.losses.handler(({ input, context: { lab } }) =>
    generatorLosses(lab, input.study, input.points),
  ),
  setCheckpoint: api.generator.setCheckpoint.handler(({ input, context: { lab } }) => {
    setCheckpoint(lab, input.study, input.step);
    return {};
  }),
  setRecipe: api.generator.setRecipe.handler(({ input, context: { lab } }) => {
    setRecipe(lab, input.study, input.recipe, input.seed);
    return {};
  }),
  useShipped: api.generator.useShipped.handler(({ input, context: { lab } }) => {
    useShipped(lab, input.study, input.name);
    return {};
  }),
};
