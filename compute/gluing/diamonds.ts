import pl from "nodejs-polars";

/** A machine's edges and independence, as the theory `machine` has them. */
export interface MachineFrames {
  /** `t` followed by `s` is `u`: columns t, s, u. */
  readonly ext: pl.LazyDataFrame;
  /** Independent steps, both directions: columns a, b. */
  readonly ind: pl.LazyDataFrame;
}

/**
 * The elementary diamonds, columns t, v, w, u: from t two independent steps lead to v and w, and each the other's way on to u. A
 * presheaf over the histories glues exactly where it glues over these.
 */
export function diamonds({ ext, ind }: MachineFrames): pl.LazyDataFrame {
  const step = (from: string, by: string, to: string) => ext.select(pl.col("t").alias(from), pl.col("s").alias(by), pl.col("u").alias(to));
  return ind
    .filter(pl.col("a").lt(pl.col("b")))
    .join(step("t", "a", "v"), { on: "a" })
    .join(step("t", "b", "w"), { on: ["t", "b"] })
    .join(step("v", "b", "u"), { on: ["v", "b"] })
    .join(step("w", "a", "u"), { on: ["w", "a", "u"] })
    .select("t", "v", "w", "u");
}
