/** The anchors that an image lies between, where its class has several. */
export const anchors = `
ALTER TABLE stimulus ADD COLUMN anchor_i TEXT CHECK (length(anchor_i) BETWEEN 1 AND 64);
ALTER TABLE stimulus ADD COLUMN anchor_j TEXT CHECK (length(anchor_j) BETWEEN 1 AND 64);
`;
