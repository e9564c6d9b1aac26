import { text } from "node:stream/consumers";
import type { Command } from "commander";
import type { Fiber } from "../../../logic/res/fiber.ts";
import { parseRes } from "../../../logic/res/parse_res.ts";
import type { Term } from "../../../logic/res/term.ts";
import type { ErrorReport } from "../../../schema/assay_error.ts";
import { registry } from "../../../schema/errors.ts";
import { fiberAt } from "../../machine/fiber_at.ts";
import { type ResReading, readTerm, resData } from "../../machine/res_reading.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type CommonOptions, count, jsonOption, limitOption, limitsOf } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { usageError } from "../usage.ts";

interface ResOptions extends CommonOptions {
  readonly limit: readonly string[];
  readonly db?: string;
  readonly at?: string;
  readonly asOf?: number;
  readonly let: readonly string[];
  readonly core?: boolean;
}

const HELP = `
A term is true, false, a name, (and p q …), (or p q …), (=> p q), (sat p) or (trans p); (stable p) is (trans (sat p)). Before it may stand
definitions, (def name term). A name is that of an element over the history, or what --let says.

Examples:
  assay res '(sat (trans (and p (sat (trans q)))))'
  assay res --db m.duckdb --at '(a b)(c)' '(sat (and p q))'
  assay res --db m.duckdb --at e --let p=1m '(=> p false)'`;

export function resCommand(root: Command, door: Door): void {
  const command = root
    .command("res")
    .description("bring a relation expression to its normal form, and read it in a fiber of the theory machine")
    .argument("<term>", "the expression, or - for stdin")
    .option("--db <file>", "the fact base whose fiber it is read in")
    .option("--at <history>", "the history, as in '(a b)(c)'; the empty one is e")
    .option("--as-of <commit>", "read as of this commit", count)
    .option(
      "--let <name=element>",
      "bind a name to an element (repeatable)",
      (value: string, all: readonly string[]) => [...all, value],
      [],
    )
    .option("--core", "the rules R1 to R7 alone")
    .addHelpText("after", HELP);
  jsonOption(limitOption(command)).action(async (term: string, options: ResOptions) => {
    await door.answer(await res(door, term === "-" ? await text(door.host.stdin) : term, options), options.json === true);
  });
}

async function res(door: Door, written: string, options: ResOptions): Promise<Outcome> {
  const term = parseRes(written, limitsOf(options.limit));
  const reading = await readAt(door, term, options);
  const data = resData(term, options.core === true, reading);
  const events: ErrorReport[] = options.at !== undefined && reading === null ? [notRead(options.at)] : [];
  return {
    envelope: { ok: true, data, error: null, events, cursor: null },
    exit: 0,
    text: (style) => {
      if (reading === null) return data.normal;
      const settled = style(reading.stable ? "green" : "yellow", reading.stable ? "stable" : "open");
      return `${data.normal}\n= ${reading.element} over ${reading.at}, ${settled}`;
    },
  };
}

/** Reads the term where the options say; null where they name no fact base. */
async function readAt(door: Door, term: Term, options: ResOptions): Promise<ResReading | null> {
  const { db, at, asOf } = options;
  if (db === undefined) return null;
  if (at === undefined) throw usageError("`--db` reads the term at a history, which `--at` names");
  return withFactBase(door, db, options, async (base) => {
    const fiber = await fiberAt(base, at, asOf ?? null);
    const bindings = new Map(options.let.map((text) => binding(text, fiber)));
    return readTerm(term, at, fiber, bindings);
  });
}

function binding(text: string, fiber: Fiber): [string, number] {
  const [, name = "", element = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === "") throw usageError(`\`--let ${text}\` is not of the form \`name=element\``);
  const found = fiber.find(element);
  if (found === null) throw usageError(`\`--let ${text}\`: \`${element}\` is no element over the history`);
  return [name, found];
}

function notRead(at: string): ErrorReport {
  const { title } = registry["res.fiber"];
  const detail = `the term was not read at \`${at}\`: no fact base is named`;
  return { code: "res.fiber", title, detail, place: null, help: "name one, `--db FILE`; without it there is the normal form alone" };
}
