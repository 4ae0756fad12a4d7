/** What models that were not trained here are called: their group, and one of them. */
export const outsideWords = { group: 'Outside models', one: 'outside model' };
