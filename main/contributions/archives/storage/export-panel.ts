import { panelFindingsSchema } from '../../answers/contract/responses.ts';
import type { Database } from '../../../storage/index.ts';
import { Panels } from '../../answers/storage/panels.ts';
import type { PanelArchive } from '../format.ts';

type PanelColumns = Omit<PanelArchive, 'findings' | 'used'> & { findings: string; used: number };

/** A panel with its answers; null if it was removed since. */
export function exportPanel(db: Database, id: number): PanelArchive | null {
  const row = db.get<PanelColumns>(
    `SELECT set_hash AS setHash, kind, source, key, findings, imported_at AS importedAt, used FROM panel
     WHERE id = ? AND removed = 0`,
    id,
  );
  if (!row) return null;
  const { kind, ...rest } = row;
  const panel = { ...rest, findings: panelFindingsSchema.parse(JSON.parse(row.findings)), used: row.used === 1 };
  const people = [...new Panels(db).stored(id)].map(({ labeler, answers }) => ({
    labeler: { pseudonym: labeler?.pseudonym ?? '', source: labeler?.source ?? '' },
    answers: JSON.parse(answers) as never,
  }));
  // Their answers were checked when they were stored.
  return kind === 'counts' ? { ...panel, kind, counts: people[0]?.answers ?? [] } : { ...panel, kind, people };
}
