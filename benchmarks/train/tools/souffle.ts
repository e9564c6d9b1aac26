import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { trainTheory } from "../program.ts";
import { lawRelation, type MatchCounts, rules } from "../rules.ts";
import { OverBudget, type TrainFacts, type TrainTool } from "../tool.ts";

/** Soufflé's interpreter over the fact files, a process a check: reading counts, writing the files does not. */
export function souffle(command: string, budget_ms: number): TrainTool {
  let facts: TrainFacts | null = null;
  return {
    name: "Soufflé, interpreter",
    readsFiles: true,
    load: async (given) => {
      facts = given;
      const text = ["relations.dl", "laws.dl"].map((file) => readFileSync(join(trainTheory, file), "utf8")).join("\n");
      writeFileSync(join(facts.files.folder, "train.dl"), text.replaceAll(".output ", ".printsize "));
    },
    change: async () => undefined,
    check: async () => {
      const folder = facts?.files.folder ?? "";
      const ran = spawnSync(command, ["-F", folder, "-D", facts?.files.output ?? "", join(folder, "train.dl")], {
        encoding: "utf8",
        timeout: budget_ms,
      });
      if (ran.signal !== null) throw new OverBudget();
      if (ran.status !== 0) throw new Error(`souffle failed: ${ran.stderr}`);
      return printedSizes(ran.stdout);
    },
    close: async () => undefined,
  };
}

function printedSizes(output: string): MatchCounts {
  const sizes = new Map(output.split("\n").map((line) => line.split("\t") as [string, string]));
  return Object.fromEntries(rules.map((rule) => [rule, Number(sizes.get(lawRelation[rule]))])) as MatchCounts;
}
