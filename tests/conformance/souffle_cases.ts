import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const CATEGORIES = ["evaluation", "example", "semantic", "syntactic"] as const;
export type Category = (typeof CATEGORIES)[number];

/** One test of Soufflé's own suite: a program, the folder of its facts and the folder of what it is to write. */
export interface SouffleCase {
  readonly category: Category;
  readonly name: string;
  readonly negative: boolean;
  readonly program: string;
  readonly facts: string;
  /** Holds the expected `*.csv`, `<name>.out` and `<name>.err`. */
  readonly expected: string;
  readonly includes: readonly string[];
  /** The C preprocessor runs first unless the test turns it off. */
  readonly preprocess: boolean;
  /** Everything goes to standard output, whatever the directives say. */
  readonly toStdout: boolean;
}

const CALL = /(?<call>\w*test\w*)\s*\((?<args>[^()$]*)\)/giu;

/** Reads the tests that a checkout of souffle-lang/souffle registers with CMake. Errors: those of reading files. */
export function souffleCases(checkout: string): SouffleCase[] {
  return CATEGORIES.flatMap((category) => {
    const folder = join(checkout, "tests", category);
    const text = readFileSync(join(folder, "CMakeLists.txt"), "utf8").replace(/#.*$/gmu, "");
    const live = text.replace(/if \(FALSE\)[\s\S]*?endif ?\(\)/gu, "").replace(/function\([\s\S]*?endfunction\(\)/giu, "");
    const cases = [...live.matchAll(CALL)].flatMap((match) =>
      casesOf(folder, category, match.groups?.["call"] ?? "", match.groups?.["args"] ?? ""),
    );
    return [...new Map(cases.map((one) => [one.name, one])).values()];
  });
}

function casesOf(folder: string, category: Category, call: string, text: string): SouffleCase[] {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  const named = words.indexOf("TEST_NAME");
  const name = (named >= 0 ? words[named + 1] : words[0]) ?? "";
  const home = join(folder, name);
  const program = join(home, `${name}.dl`);
  if (name === "" || !existsSync(program)) return [];
  const one: SouffleCase = {
    category,
    name,
    negative: /negative/iu.test(call) || words.includes("NEGATIVE"),
    program,
    facts: join(home, "facts"),
    expected: home,
    includes: after(words, "INCLUDE_DIRS").map((path) => join(home, path)),
    preprocess: !words.includes("NO_PREPROCESSOR"),
    toStdout: /stdout/iu.test(call),
  };
  const folders = after(words, "FACTS_DIR_NAMES").filter((path) => readdirSync(home).includes(path));
  if (folders.length === 0) return [one];
  return folders.map((path) => ({ ...one, name: `${name}_${path}`, facts: join(home, path), expected: join(home, path) }));
}

/** The lower-case words behind a CMake keyword. */
function after(words: readonly string[], keyword: string): string[] {
  const from = words.indexOf(keyword);
  if (from < 0) return [];
  const rest = words.slice(from + 1);
  const end = rest.findIndex((word) => /^[A-Z_]+$/u.test(word));
  return end < 0 ? rest : rest.slice(0, end);
}
