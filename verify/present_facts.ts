import type { DuckDbInput } from "../logic/engines/duckdb/input.ts";
import { loadEngine } from "../logic/engines/incremental/load_engine.ts";
import type { IrProgram, Law } from "../logic/language/ir.ts";
import type { Row } from "../schema/value.ts";
import { checkAllLaws, checkLogic, type LogicJudgement } from "./checks/logic.ts";
import type { EngineName } from "./engine_name.ts";
import type { GateInput } from "./gate.ts";
import { judgeLaws } from "./memory/engine_check.ts";
import { originsOf } from "./origins.ts";
import { factTable } from "./store/relation_table.ts";
import type { ViolationPage } from "./violation_page.ts";

/** A program's laws over the facts that stand in the open transaction, by one engine. */
export interface PresentFacts {
  /** Judges every law; violations go on the page. */
  judge(waived: ReadonlyMap<string, string>, page: ViolationPage): Promise<LogicJudgement>;
  /** Violations of laws, law by law, in order. Only where `judge` decided. */
  violations(laws: readonly Law[], waived: ReadonlyMap<string, string>): AsyncGenerator<readonly [Law, Row]>;
}

const PAGE = 1_000;

export async function presentFacts(input: GateInput, program: IrProgram, engine: EngineName): Promise<PresentFacts> {
  return engine === "duckdb" ? inDuckDb(input, program) : inMemory(input, program);
}

function inDuckDb({ session, limits, clock }: GateInput, program: IrProgram): PresentFacts {
  const engine: DuckDbInput = { program, limits, clock, session, table: factTable, isDistinct: () => true };
  const origins = originsOf(session, program.relations, []);
  return {
    judge: (waived, page) => checkLogic(engine, waived, origins, page),
    async *violations(laws, waived) {
      const check = await checkAllLaws(engine, waived);
      try {
        for (const law of laws) {
          for (let offset = 0, rows: readonly Row[] = []; offset === 0 || rows.length === PAGE; offset += PAGE) {
            rows = await check.witnesses(law.id, offset, PAGE);
            for (const row of rows) yield [law, row];
          }
        }
      } finally {
        await check.close();
      }
    },
  };
}

async function inMemory({ session, limits, clock }: GateInput, program: IrProgram): Promise<PresentFacts> {
  const { engine, undecided } = await loadEngine({ program, limits, clock, session, table: factTable });
  const origins = originsOf(session, program.relations, []);
  return {
    judge: async (waived, page) => {
      if (undecided !== null) return { laws: [], refused: false, standing: new Set(), undecided };
      return judgeLaws(engine, { program, laws: program.laws, waived, origins, page });
    },
    async *violations(laws) {
      for (const law of laws) for (const row of engine.rows(law.relation)) yield [law, row];
    },
  };
}
