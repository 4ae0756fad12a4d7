/** What a session's time limit did: images that it left without an answer, and where the time counts from. */
export const sessionTime = `
-- images_left: without an answer when the time limit ended the session; null: something else ended it, or nothing yet.
ALTER TABLE labeling_session ADD COLUMN images_left INTEGER CHECK (images_left >= 0);
-- clock_after: the last sitting whose time does not count any more, as the session was opened again; 0: all count.
ALTER TABLE labeling_session ADD COLUMN clock_after INTEGER NOT NULL DEFAULT 0 CHECK (clock_after >= 0);
`;
