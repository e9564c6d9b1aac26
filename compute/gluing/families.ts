import pl from "nodejs-polars";
import { diamonds, type MachineFrames } from "./diamonds.ts";

/** Local data: sections restrict along edges. Columns f, u, t, x, y: along the edge from t to u, the section x of f over u restricts to y over t. */
export interface AccordFrames extends MachineFrames {
  readonly res: pl.LazyDataFrame;
}

/** What a check of gluing finds over the diamonds of a machine. */
export interface Gluing {
  /** Matching families, columns f, t, v, w, u, x, y: x over v and y over w restrict alike to t. */
  readonly families: pl.DataFrame;
  /** What glues families, columns those of a family and g: the section g over u restricts to x over v and to y over w. */
  readonly amalgamations: pl.DataFrame;
  /** Families that nothing glues; none where gluing exists. */
  readonly missing: pl.DataFrame;
  /** Families that more than one section glues, columns those of a family, first, second; none where gluing is unique. */
  readonly double: pl.DataFrame;
}

const FAMILY = ["f", "t", "v", "w", "u", "x", "y"];

/** Holds local data against the diamonds: what matches, what glues it, and where gluing is missing or not unique. */
export function glue(accord: AccordFrames): Gluing {
  const found = diamonds(accord).collectSync().lazy();
  const families = matchingFamilies(found, accord.res).collectSync();
  const glued = amalgamations(found, accord.res).collectSync();
  const another = glued.rename({ g: "second" });
  const double = glued.rename({ g: "first" }).join(another, { on: FAMILY });
  return {
    families,
    amalgamations: glued,
    missing: families.join(glued, { on: FAMILY, how: "anti" }),
    double: double.filter(pl.col("first").lt(pl.col("second"))),
  };
}

function matchingFamilies(found: pl.LazyDataFrame, res: pl.LazyDataFrame): pl.LazyDataFrame {
  const side = (over: string, value: string) =>
    res.select("f", pl.col("u").alias(over), "t", pl.col("x").alias(value), pl.col("y").alias("common"));
  return found
    .join(side("v", "x"), { on: ["v", "t"] })
    .join(side("w", "y"), { on: ["f", "w", "t", "common"] })
    .select(...FAMILY);
}

function amalgamations(found: pl.LazyDataFrame, res: pl.LazyDataFrame): pl.LazyDataFrame {
  const down = (to: string, value: string) => res.select("f", "u", pl.col("t").alias(to), pl.col("x").alias("g"), pl.col("y").alias(value));
  return found
    .join(down("v", "x"), { on: ["u", "v"] })
    .join(down("w", "y"), { on: ["f", "u", "w", "g"] })
    .select(...FAMILY, "g");
}
