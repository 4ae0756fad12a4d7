import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A study's numbers worked out in SQL from its rows, by nothing that the product computes with. */
export interface CountedStudy {
  images: number;
  determined: number;
  networks: number;
  people: number;
  types: { type_a: number; both_disagree: number; both_agree: number; type_c: number; exceptions: number };
  /** Percent. */
  misclassifiedPerNetwork: number;
  misclassifiedByAny: number;
  twoNetworksDiffer: number;
  anyNetworksDiffer: number;
  peopleDisagree: number;
  twoPeopleDiffer: number;
  alphaOfNetworks: number;
  alphaOfPeople: number;
  accuracies: { name: string; accuracy: number; errors: number }[];
}

const tables = `
  CREATE TABLE nn (rater TEXT, image INTEGER, label INTEGER);
  CREATE TABLE people (rater INTEGER, image INTEGER, label INTEGER);`;

const views = `
  CREATE TABLE net AS SELECT image, count(DISTINCT label) AS kinds, min(label) AS label FROM nn GROUP BY image;
  CREATE TABLE said AS SELECT image, count(*) AS n, count(DISTINCT label) AS kinds, min(label) AS label
    FROM people GROUP BY image;
  CREATE TABLE both_known AS SELECT image, net.kinds AS nets, net.label AS netLabel, said.kinds AS persons,
    said.label AS label FROM net JOIN said USING (image) WHERE said.n >= 2;`;

const lastWords = `
  INSERT INTO people SELECT labeler_id, image_id, label FROM lab.response AS said
  WHERE set_hash = $set AND label IS NOT NULL
    AND labeler_id IN (SELECT labeler_id FROM lab.study_labeler WHERE study_id = $study AND replaced_at IS NULL)
    AND id = (SELECT max(id) FROM lab.response AS later WHERE later.set_hash = said.set_hash
              AND later.labeler_id = said.labeler_id AND later.image_id = said.image_id)`;

/** Mean over pairs of raters of the percentage of shared images on which they differ. */
const differ = (table: string): string => `
  SELECT avg(share) AS value FROM (
    SELECT 100.0 * sum(a.label <> b.label) / count(*) AS share
    FROM ${table} AS a JOIN ${table} AS b ON a.image = b.image AND a.rater < b.rater GROUP BY a.rater, b.rater)`;

/** Krippendorff's alpha, nominal: 1 - D_o / D_e. */
const alpha = (table: string): string => `
  WITH counted AS (SELECT image, label, count(*) AS c FROM ${table} GROUP BY image, label),
    units AS (SELECT image, sum(c) AS n, sum(c * c) AS squares FROM counted GROUP BY image HAVING sum(c) >= 2),
    kinds AS (SELECT sum(c) AS n FROM counted JOIN units USING (image) GROUP BY label),
    total AS (SELECT sum(n) AS n FROM units)
  SELECT 1 - (SELECT sum((n * n - squares) * 1.0 / (n - 1)) FROM units) * (total.n - 1)
           / (total.n * total.n - (SELECT sum(n * n) FROM kinds)) AS value FROM total`;

/** @param target percent; the diverse networks at it are counted. */
export function countFromDatabase(dataFolder: string, study: string, target: number): CountedStudy {
  const db = new DatabaseSync(':memory:');
  try {
    db.prepare('ATTACH DATABASE ? AS lab').run(join(dataFolder, 'workbench.sqlite'));
    db.exec(tables);
    const at = db
      .prepare(
        `SELECT study.id AS study, set_hash AS "set" FROM lab.study JOIN lab.study_stimulus_set ON study_id = study.id
         WHERE name = ? AND replaced_at IS NULL`,
      )
      .get(study) as { study: number; set: string };
    db.prepare(lastWords).run({ study: at.study, set: at.set });
    addNetworks(db, dataFolder, at, target);
    db.exec(views);
    return read(db, at.study, target);
  } finally {
    db.close();
  }
}

function addNetworks(db: DatabaseSync, dataFolder: string, at: { study: number; set: string }, target: number): void {
  const images = db.prepare('SELECT image_id AS id FROM lab.stimulus WHERE set_hash = ? ORDER BY image_id').all(at.set);
  const networks = db
    .prepare(
      `SELECT model_name AS name, labels FROM lab.study_model
       WHERE study_id = ? AND target = ? AND grp = 'diverse' AND labels IS NOT NULL`,
    )
    .all(at.study, target) as { name: string; labels: string }[];
  const insert = db.prepare('INSERT INTO nn VALUES (?, ?, ?)');
  for (const { name, labels } of networks) {
    const bytes = readFileSync(join(dataFolder, 'blobs', labels.slice(0, 2), labels));
    images.forEach(({ id }, image) => insert.run(name, Number(id), bytes.readUInt16LE(2 * image)));
  }
}

function read(db: DatabaseSync, study: number, target: number): CountedStudy {
  const value = (sql: string): number => Number(db.prepare(sql).get()?.value);
  const types = db
    .prepare(
      `SELECT sum(nets > 1 AND persons = 1) AS type_a, sum(nets > 1 AND persons > 1) AS both_disagree,
         sum(nets = 1 AND persons = 1) AS both_agree, sum(nets = 1 AND persons > 1) AS type_c,
         sum(nets = 1 AND persons = 1 AND netLabel <> label) AS exceptions FROM both_known`,
    )
    .get() as unknown as CountedStudy['types'];
  const wrong = `SELECT rater, nn.image, nn.label <> both_known.label AND persons = 1 AS wrong FROM nn JOIN both_known USING (image)`;
  return {
    types: { ...types },
    images: value('SELECT count(*) AS value FROM net'),
    determined: value('SELECT count(*) AS value FROM both_known'),
    networks: value('SELECT count(DISTINCT rater) AS value FROM nn'),
    people: value('SELECT count(DISTINCT rater) AS value FROM people'),
    misclassifiedPerNetwork: value(
      `SELECT avg(share) AS value FROM (SELECT 100.0 * sum(wrong) / count(*) AS share FROM (${wrong}) GROUP BY rater)`,
    ),
    misclassifiedByAny: value(
      `SELECT 100.0 * sum(any_wrong) / count(*) AS value FROM (SELECT max(wrong) AS any_wrong FROM (${wrong}) GROUP BY image)`,
    ),
    twoNetworksDiffer: value(differ('nn')),
    anyNetworksDiffer: value('SELECT 100.0 * sum(kinds > 1) / count(*) AS value FROM net'),
    peopleDisagree: value('SELECT 100.0 * sum(kinds > 1) / count(*) AS value FROM said WHERE n >= 2'),
    twoPeopleDiffer: value(differ('people')),
    alphaOfNetworks: value(alpha('nn')),
    alphaOfPeople: value(alpha('people')),
    accuracies: db
      .prepare(
        `SELECT model_name AS name, accuracy, errors FROM lab.study_model
         WHERE study_id = ? AND target = ? AND grp = 'diverse' ORDER BY model_name`,
      )
      .all(study, target) as unknown as CountedStudy['accuracies'],
  };
}
