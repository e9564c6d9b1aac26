import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const directory = new URL("../regressions/", import.meta.url).pathname;

/** Keeps an input that broke `target` as a file, named after its content; JSON, so that any UTF-16 text survives. */
export function keepRegression(target: string, input: string): string {
  const json = `${JSON.stringify(input)}\n`;
  const file = `${directory}${target}/${createHash("sha256").update(json).digest("hex").slice(0, 16)}.json`;
  mkdirSync(`${directory}${target}`, { recursive: true });
  writeFileSync(file, json);
  return file;
}

/** The inputs kept for `target`, by file name. */
export function regressions(target: string): { name: string; input: string }[] {
  const folder = `${directory}${target}`;
  return globSync("*.json", { cwd: folder })
    .sort()
    .map((name) => ({ name, input: String(JSON.parse(readFileSync(`${folder}/${name}`, "utf8"))) }));
}
