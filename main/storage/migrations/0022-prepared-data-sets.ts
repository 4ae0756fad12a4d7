/**
 * What was read from the sources of prepared data sets (image folders, NumPy archives, CIFAR files). The images are a
 * blob under the data set's hash. Two sources may have the same images and other names of classes.
 */
export const preparedDataSets = `
CREATE TABLE prepared_data_set (
  source      TEXT PRIMARY KEY CHECK (json_valid(source)),
  hash        TEXT NOT NULL REFERENCES data_set (hash),
  classes     TEXT NOT NULL CHECK (json_valid(classes) AND json_array_length(classes) >= 2),
  findings    TEXT NOT NULL CHECK (json_valid(findings)),
  prepared_at INTEGER NOT NULL
) STRICT;
`;
