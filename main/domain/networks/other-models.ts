/** The group of all models of a study that were not trained here. */
export const otherModelsTitle = 'Outside models';
