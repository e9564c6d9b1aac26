import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Corpus {
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** Writes `count` documents into `folder`: the published ones in turn, each under a name of its own, so that no two have the same bytes. */
export function writeCorpus(published: string, folder: string, count: number): Corpus {
  const sources = globSync(join(published, "{examples,published}/**/*.alloy.json")).toSorted();
  const texts = sources.map((path) => readFileSync(path, "utf8"));
  mkdirSync(folder, { recursive: true });
  const paths: string[] = [];
  let bytes = 0;
  for (let at = 0; at < count; at += 1) {
    const text = (texts[at % texts.length] as string).replace(/"name": "([^"]+)"/, (_, name: string) => `"name": "${name}-${at}"`);
    const path = join(folder, `${at}.alloy.json`);
    writeFileSync(path, text);
    paths.push(path);
    bytes += Buffer.byteLength(text);
  }
  return { paths, bytes };
}
