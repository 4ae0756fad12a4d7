/** Images of each class in both parts of a data set, as JSON; null: it was read by an earlier version, or came with an archive. */
export const classCounts = `
ALTER TABLE data_set ADD COLUMN class_counts TEXT CHECK (json_valid(class_counts));
`;
