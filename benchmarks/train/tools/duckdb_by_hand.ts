import { openMemory } from "../../../verify/store/duckdb_session.ts";
import { type MatchCounts, type Rule, rules } from "../rules.ts";
import type { TrainTool } from "../tool.ts";
import { changeTables, loadTables } from "./duckdb_tables.ts";

/** The six rules as a DuckDB user would write them, each counting its matches. */
export const duckDbQueries: Readonly<Record<Rule, string>> = {
  ConnectedSegments: `WITH pair AS (
      SELECT c."from" AS a, c."to" AS b, m1.sensor AS s FROM connects_to c
      JOIN segment x ON x.id = c."from" JOIN segment y ON y.id = c."to"
      JOIN monitored_by m1 ON m1.element = c."from" JOIN monitored_by m2 ON m2.element = c."to" AND m2.sensor = m1.sensor)
    SELECT count(*) FROM pair p1 JOIN pair p2 ON p2.a = p1.b AND p2.s = p1.s JOIN pair p3 ON p3.a = p2.b AND p3.s = p1.s
      JOIN pair p4 ON p4.a = p3.b AND p4.s = p1.s JOIN pair p5 ON p5.a = p4.b AND p5.s = p1.s`,
  PosLength: "SELECT count(*) FROM segment WHERE length <= 0",
  RouteSensor: `SELECT count(*) FROM follows f JOIN switch_position p ON p.id = f.switch_position JOIN monitored_by m ON m.element = p.target
    JOIN switch w ON w.id = p.target WHERE NOT EXISTS (SELECT 1 FROM requires r WHERE r.route = f.route AND r.sensor = m.sensor)`,
  SemaphoreNeighbor: `SELECT count(*) FROM route r1 JOIN requires q1 ON q1.route = r1.id JOIN monitored_by m1 ON m1.sensor = q1.sensor
    JOIN connects_to c ON c."from" = m1.element JOIN monitored_by m2 ON m2.element = c."to" JOIN requires q2 ON q2.sensor = m2.sensor
    JOIN route r2 ON r2.id = q2.route WHERE r1.id <> r2.id AND r2.entry <> r1.exit`,
  SwitchMonitored: "SELECT count(*) FROM switch w WHERE NOT EXISTS (SELECT 1 FROM monitored_by m WHERE m.element = w.id)",
  SwitchSet: `SELECT count(*) FROM semaphore s JOIN route r ON r.entry = s.id JOIN follows f ON f.route = r.id
    JOIN switch_position p ON p.id = f.switch_position JOIN switch w ON w.id = p.target
    WHERE s.signal = 2 AND r.active = 1 AND w.current_position <> p.position`,
};

/** DuckDB that judges from nothing at each check, by hand-written queries. */
export async function duckDbByHand(): Promise<TrainTool> {
  const session = await openMemory();
  return {
    name: "DuckDB, SQL by hand",
    readsFiles: false,
    load: ({ files }) => loadTables(session, files),
    change: (changes) => changeTables(session, changes),
    check: async () => {
      const counts: Partial<Record<Rule, number>> = {};
      for (const rule of rules) counts[rule] = Number((await session.rows(duckDbQueries[rule]))[0]?.[0]);
      return counts as MatchCounts;
    },
    close: async () => session.close(),
  };
}
