import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether this machine tells which processes a process started. */
export const tellsChildren = existsSync("/proc/self/task");

/** The processes that this one started and that still run. */
export function ownChildren(): number[] {
  return readdirSync("/proc/self/task").flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, "utf8")
      .split(" ")
      .filter((pid) => pid !== "")
      .map(Number),
  );
}
