import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { ChangeSet } from "../change_set.ts";
import { factsOf, relationNames, relations, type TrainRelation } from "../facts.ts";
import { type MatchCounts, type Rule, rules } from "../rules.ts";
import type { TrainFacts, TrainTool } from "../tool.ts";

/** Relations whose first column is an id and so the table's own key. */
const keyed: ReadonlySet<TrainRelation> = new Set(["segment", "switch", "sensor", "region", "route", "semaphore", "switch_position"]);

/** What the rules look up by, past the primary keys: both directions of every edge, and routes by their semaphores. */
const indexes = [
  "route(entry)",
  "route(exit)",
  "switch_position(target)",
  'connects_to("to", "from")',
  "monitored_by(sensor, element)",
  "requires(sensor, route)",
  "follows(switch_position, route)",
];

/** The six rules as SQLite runs them well: the published queries, the segments of a chain each looked up by their key. */
const queries: Readonly<Record<Rule, string>> = {
  ConnectedSegments: `SELECT count(*) FROM segment a
    JOIN monitored_by m1 ON m1.element = a.id
    JOIN connects_to c1 ON c1."from" = a.id JOIN segment b ON b.id = c1."to" JOIN monitored_by m2 ON m2.element = b.id AND m2.sensor = m1.sensor
    JOIN connects_to c2 ON c2."from" = b.id JOIN segment c ON c.id = c2."to" JOIN monitored_by m3 ON m3.element = c.id AND m3.sensor = m1.sensor
    JOIN connects_to c3 ON c3."from" = c.id JOIN segment d ON d.id = c3."to" JOIN monitored_by m4 ON m4.element = d.id AND m4.sensor = m1.sensor
    JOIN connects_to c4 ON c4."from" = d.id JOIN segment e ON e.id = c4."to" JOIN monitored_by m5 ON m5.element = e.id AND m5.sensor = m1.sensor
    JOIN connects_to c5 ON c5."from" = e.id JOIN segment f ON f.id = c5."to" JOIN monitored_by m6 ON m6.element = f.id AND m6.sensor = m1.sensor`,
  PosLength: "SELECT count(*) FROM segment WHERE length <= 0",
  RouteSensor: `SELECT count(*) FROM follows f JOIN switch_position p ON p.id = f.switch_position JOIN monitored_by m ON m.element = p.target
    WHERE NOT EXISTS (SELECT 1 FROM requires r WHERE r.route = f.route AND r.sensor = m.sensor)`,
  SemaphoreNeighbor: `SELECT count(*) FROM route r1 JOIN requires q1 ON q1.route = r1.id JOIN monitored_by m1 ON m1.sensor = q1.sensor
    JOIN connects_to c ON c."from" = m1.element JOIN monitored_by m2 ON m2.element = c."to" JOIN requires q2 ON q2.sensor = m2.sensor
    JOIN route r2 ON r2.id = q2.route WHERE r1.id <> r2.id AND r2.entry <> r1.exit`,
  SwitchMonitored: "SELECT count(*) FROM switch w WHERE NOT EXISTS (SELECT 1 FROM monitored_by m WHERE m.element = w.id)",
  SwitchSet: `SELECT count(*) FROM route r JOIN semaphore s ON s.id = r.entry JOIN follows f ON f.route = r.id
    JOIN switch_position p ON p.id = f.switch_position JOIN switch w ON w.id = p.target
    WHERE s.signal = 2 AND r.active = 1 AND w.current_position <> p.position`,
};

/** SQLite in memory with every index that the rules use and the planner's statistics, prepared statements throughout. */
export function sqlite(): TrainTool {
  const database = new DatabaseSync(":memory:");
  const insert = new Map<TrainRelation, StatementSync>();
  const remove = new Map<TrainRelation, StatementSync>();
  const counting = new Map<Rule, StatementSync>();
  return {
    name: "SQLite with indexes",
    readsFiles: false,
    load: async (facts) => {
      load(database, facts, insert, remove);
      for (const rule of rules) counting.set(rule, database.prepare(queries[rule]));
    },
    change: async (changes) => change(database, changes, insert, remove),
    check: async () => {
      const counts = rules.map((rule) => [rule, Object.values(counting.get(rule)?.get() ?? {})[0]]);
      return Object.fromEntries(counts) as MatchCounts;
    },
    close: async () => database.close(),
  };
}

function load(
  database: DatabaseSync,
  { railway }: TrainFacts,
  insert: Map<TrainRelation, StatementSync>,
  remove: Map<TrainRelation, StatementSync>,
): void {
  database.exec("PRAGMA journal_mode = OFF");
  for (const relation of relationNames) {
    const names = relations[relation].map((name) => `"${name}"`);
    const columns = names.map((name) => `${name} INTEGER NOT NULL`);
    if (keyed.has(relation))
      database.exec(
        `CREATE TABLE ${relation} (id INTEGER PRIMARY KEY${columns
          .slice(1)
          .map((column) => `, ${column}`)
          .join("")})`,
      );
    else database.exec(`CREATE TABLE ${relation} (${columns.join(", ")}, PRIMARY KEY (${names.join(", ")})) WITHOUT ROWID`);
    const statement = database.prepare(`INSERT INTO ${relation} VALUES (${names.map(() => "?").join(", ")})`);
    insert.set(relation, statement);
    remove.set(relation, database.prepare(`DELETE FROM ${relation} WHERE ${names.map((name) => `${name} = ?`).join(" AND ")}`));
    database.exec("BEGIN");
    for (const row of factsOf(railway, relation)) statement.run(...row);
    database.exec("COMMIT");
  }
  for (const [at, index] of indexes.entries()) database.exec(`CREATE INDEX by_${at} ON ${index}`);
  database.exec("ANALYZE");
}

function change(
  database: DatabaseSync,
  changes: ChangeSet,
  insert: ReadonlyMap<TrainRelation, StatementSync>,
  remove: ReadonlyMap<TrainRelation, StatementSync>,
): void {
  database.exec("BEGIN");
  for (const { relation, row } of changes.retract) remove.get(relation)?.run(...row);
  for (const { relation, row } of changes.assert) insert.get(relation)?.run(...row);
  database.exec("COMMIT");
}
