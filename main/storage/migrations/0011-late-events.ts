/** Events that came after the time of their image or session: they are kept, and nothing follows from them. */
export const lateEvents = `
-- late: whose time was up when the event came, as the log showed when it was stored; null: nothing's, or it was stored by
-- an earlier version. The last word on a trial is one that is not late.
ALTER TABLE labeling_event ADD COLUMN late TEXT CHECK (late IN ('image', 'session'));
DROP INDEX labeling_event_current;
CREATE INDEX labeling_event_current ON labeling_event (session_id, trial, sitting_at, id, choice, late);

DROP VIEW labeling_current;
CREATE VIEW labeling_current AS
SELECT event.session_id, session.labeler_id, event.trial, session.trials ->> ('$[' || event.trial || '][0]') AS image_id,
       CASE session.trials ->> ('$[' || event.trial || '][1]')
         WHEN 0 THEN 'real' WHEN 1 THEN 'repeat' WHEN 2 THEN 'practice' ELSE 'attention' END AS trial_kind,
       event.kind, event.choice, event.stored_at
FROM labeling_event AS event JOIN labeling_session AS session ON session.id = event.session_id
WHERE event.id = (SELECT later.id FROM labeling_event AS later
                  WHERE later.session_id = event.session_id AND later.trial = event.trial AND later.late IS NULL
                  ORDER BY later.sitting_at DESC, later.id DESC LIMIT 1);
`;
