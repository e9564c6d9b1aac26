import pl from "nodejs-polars";

/** A forward step and the restrictions back: `gam` with columns f, s, t, x, y (s takes x over t to y), `res` f, u, t, x, y, `ext` t, s, u. */
export interface SteppingFrames {
  readonly gam: pl.LazyDataFrame;
  readonly res: pl.LazyDataFrame;
  readonly ext: pl.LazyDataFrame;
}

/** Where a step forward and the restriction back do not give the section one started from: columns f, s, t, x, z (what came back); z is null where nothing does. */
export function counitFailures({ gam, res, ext }: SteppingFrames): pl.LazyDataFrame {
  const back = res.rename({ x: "y", y: "z" });
  return gam
    .join(ext, { on: ["t", "s"] })
    .join(back, { on: ["f", "u", "t", "y"], how: "left" })
    .filter(
      pl
        .col("z")
        .isNull()
        .or(pl.col("z").neq(pl.col("x"))),
    )
    .select("f", "s", "t", "x", "z");
}

/** Settled elements and how a step carries them: `hstar` with columns t, x, `carry` with columns t, u, x, y. */
export interface SettledFrames {
  readonly hstar: pl.LazyDataFrame;
  readonly carry: pl.LazyDataFrame;
}

/** What settles anew at the end of each edge, columns t, u, x: settled over u, and carried there from no settled element over t. */
export function newlySettled({ hstar, carry }: SettledFrames): pl.LazyDataFrame {
  const carried = carry.join(hstar, { on: ["t", "x"] }).select("t", "u", pl.col("y").alias("x"));
  const edges = carry.select("t", "u").unique();
  return edges
    .join(hstar.rename({ t: "u" }), { on: "u" })
    .select("t", "u", "x")
    .join(carried, { on: ["t", "u", "x"], how: "anti" });
}
