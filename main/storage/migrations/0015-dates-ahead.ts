/** Sittings of kits that were dated after their import no longer outrank all that comes later. */
export const datesAhead = `
UPDATE labeling_sitting SET
  claimed_at = CASE WHEN opened_at > first.at + 300000 THEN opened_at END, opened_at = first.at, opened_ms = NULL
FROM (SELECT sitting.id, min(stored_at) AS at FROM labeling_sitting AS sitting
      JOIN labeling_event ON sitting_id = sitting.id WHERE medium = 'kit' AND claimed_at IS NULL GROUP BY sitting.id) AS first
WHERE labeling_sitting.id = first.id AND opened_at > first.at;

DROP TRIGGER labeling_event_kept;
UPDATE labeling_event SET sitting_at = (SELECT opened_at FROM labeling_sitting WHERE id = sitting_id)
WHERE sitting_id IN (SELECT id FROM labeling_sitting WHERE medium = 'kit')
  AND sitting_at > (SELECT opened_at FROM labeling_sitting WHERE id = sitting_id);
CREATE TRIGGER labeling_event_kept BEFORE UPDATE ON labeling_event
BEGIN SELECT RAISE(ABORT, 'a response never changes; a later one takes its place'); END;

-- The answers that count may be others.
UPDATE labeling_session SET answered = (
  SELECT count(*) FROM (SELECT DISTINCT trial FROM labeling_event WHERE session_id = labeling_session.id) AS one
  WHERE (SELECT choice FROM labeling_event AS event
         WHERE event.session_id = labeling_session.id AND event.trial = one.trial AND late IS NULL
         ORDER BY kind = 'timeout', sitting_at DESC, id DESC LIMIT 1) IS NOT NULL)
WHERE id IN (SELECT session_id FROM labeling_sitting WHERE medium = 'kit' AND claimed_at IS NOT NULL);
`;
