import pl from "nodejs-polars";
import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";

/** The sections of one accord: `section` with columns t, x, and `res` with columns u, t, x, y. */
export interface SectionFrames {
  readonly section: pl.LazyDataFrame;
  readonly res: pl.LazyDataFrame;
}

/**
 * Restriction along every path, identities included: columns u, t, x, y. The restrictions must be functorial, else a section has several
 * values over one history. Errors: `limit.fiber_cells` past that many rows.
 */
export function allRestrictions({ section, res }: SectionFrames): pl.DataFrame {
  let all = section.select(pl.col("t").alias("u"), "t", "x", pl.col("x").alias("y")).collectSync();
  const edges = res
    .select(pl.col("u").alias("t"), pl.col("t").alias("below"), pl.col("x").alias("y"), pl.col("y").alias("value"))
    .collectSync();
  for (let last = all; last.height > 0; ) {
    const longer = last.join(edges, { on: ["t", "y"] }).select("u", pl.col("below").alias("t"), "x", pl.col("value").alias("y"));
    last = longer.unique().join(all, { on: ["u", "t", "x", "y"], how: "anti" });
    all = pl.concat([all, last]);
    bound(all.height);
  }
  return all;
}

/**
 * The global sections over a finite set of histories that is closed under prefixes: one section over each maximal history, any two
 * agreeing over every history below both. Returns a table of one column a maximal history, named by it, one row a global section.
 * Errors: `limit.fiber_cells` where the families in between are more.
 */
export function globalSections(frames: SectionFrames): pl.DataFrame {
  const restrictions = allRestrictions(frames);
  const below = frames.res.select("t").unique().collectSync().getColumn("t").toArray() as string[];
  const histories = frames.section.select("t").unique().collectSync().getColumn("t").toArray() as string[];
  const maximal = histories.filter((history) => !below.includes(history)).toSorted();
  let families: pl.DataFrame | null = null;
  for (const [index, history] of maximal.entries()) {
    const here: pl.DataFrame = restrictions.filter(pl.col("u").eq(pl.lit(history)));
    const own: pl.DataFrame = here.filter(pl.col("t").eq(pl.lit(history))).select(pl.col("x").alias(history));
    const before: readonly string[] = maximal.slice(0, index);
    families = families === null ? own : agreeing(families, own, restrictions, before, history);
    bound(families.height);
  }
  return families ?? pl.DataFrame({});
}

/** Extends families by the sections over one more maximal history that agree with all of theirs. */
function agreeing(
  families: pl.DataFrame,
  own: pl.DataFrame,
  restrictions: pl.DataFrame,
  before: readonly string[],
  history: string,
): pl.DataFrame {
  let wider = families.join(own, { how: "cross" });
  bound(wider.height);
  for (const other of before) {
    const side = (over: string, value: string) =>
      restrictions.filter(pl.col("u").eq(pl.lit(over))).select("t", pl.col("x").alias(over), pl.col("y").alias(value));
    const unlike = side(other, "one")
      .join(side(history, "two"), { on: "t" })
      .filter(pl.col("one").neq(pl.col("two")))
      .select(other, history)
      .unique();
    wider = wider.join(unlike, { on: [other, history], how: "anti" });
  }
  return wider;
}

function bound(rows: number): void {
  const { value, unit } = limits.fiber_cells;
  if (rows > value) throw new AssayError("limit.fiber_cells", `putting sections together took more than ${value} ${unit}`);
}
