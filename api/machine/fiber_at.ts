import { type Fiber, pointFiber, tableFiber } from "../../logic/res/fiber.ts";
import { AssayError } from "../../schema/assay_error.ts";
import { quoteName, quoteText, type SqlValue } from "../../schema/sql_session.ts";
import type { FactBase } from "../../verify/fact_base.ts";

type Reader = (relation: string, columns: readonly string[]) => Promise<readonly (readonly SqlValue[])[]>;

/**
 * The fiber over a history of a fact base that has the theory `machine` loaded, by its points or by its tables.
 * Errors: `res.fiber` where there is none, `limit.query_rows` for a table past the bound.
 */
export async function fiberAt(base: FactBase, history: string, asOf: number | null = null): Promise<Fiber> {
  const relations = base.program.relations;
  if (!relations.has("nuc_points") || !relations.has("elem")) {
    throw new AssayError("res.fiber", "the fact base has no fibers", { help: "load the theory: `assay load --db FILE --theory machine`" });
  }
  const read: Reader = async (relation, columns) => {
    const list = columns.map(quoteName).join(", ");
    const sql = `SELECT ${list} FROM ${quoteName(relation)} WHERE t = ${quoteText(history)} ORDER BY ${list}`;
    return (await base.query({ sql }, asOf === null ? {} : { asOf })).rows;
  };
  const points = await read("point", ["p", "down"]);
  if (points.length > 0) return readPoints(points, read);
  const elements = (await read("elem", ["x"])).map(([x]) => String(x));
  if (elements.length === 0) throw new AssayError("res.fiber", `there is no fiber over \`${history}\``, { place: history });
  return readTables(elements, read);
}

async function readPoints(points: readonly (readonly SqlValue[])[], read: Reader): Promise<Fiber> {
  const nuclei = new Map((await read("nuc_points", ["k", "points"])).map(([k, mask]) => [String(k), Number(mask)]));
  const named = new Map((await read("down_set", ["x", "m"])).map(([x, mask]) => [String(x), Number(mask)]));
  const down: number[] = new Array(1 + Math.max(...points.map(([p]) => Number(p)))).fill(0);
  for (const [p, mask] of points) down[Number(p)] = Number(mask);
  return pointFiber({ down, sigma: nuclei.get("sigma") ?? null, delta: nuclei.get("delta") ?? null, named });
}

async function readTables(elements: readonly string[], read: Reader): Promise<Fiber> {
  const triples = async (relation: string): Promise<(readonly [string, string, string])[]> =>
    (await read(relation, ["x", "y", "z"])).map(([x, y, z]) => [String(x), String(y), String(z)] as const);
  const end = async (relation: string): Promise<string | null> => {
    const [row] = await read(relation, ["x"]);
    return row === undefined ? null : String(row[0]);
  };
  const nuclei = (await read("nuc", ["k", "x", "y"])).flatMap(([k, x, y]) =>
    k === "sigma" || k === "delta" ? [[k, String(x), String(y)] as const] : [],
  );
  const [meet, join, impl] = [await triples("meet"), await triples("join"), await triples("impl")];
  return tableFiber({ elements, meet, join, impl, top: await end("top"), bottom: await end("bot"), nuclei });
}
