import { fromFrame, toFrame } from "../text_table.ts";
import { newlySettled } from "./stepping.ts";

type Rows = readonly (readonly string[])[];

/** As `newlySettled`, of rows: `hstar` (t, x) and `carry` (t, u, x, y) give (t, u, x), ascending. */
export function newlySettledRows(hstar: Rows, carry: Rows): Rows {
  const frames = {
    hstar: toFrame({ columns: ["t", "x"], rows: hstar }).lazy(),
    carry: toFrame({ columns: ["t", "u", "x", "y"], rows: carry }).lazy(),
  };
  return fromFrame(newlySettled(frames).collectSync()).rows;
}
