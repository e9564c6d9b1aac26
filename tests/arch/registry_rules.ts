import type { SourceFile } from "./tree.ts";

/** The codes that a page of errors documents, with the count of words under each. */
export function headings(page: string): { code: string; words: number }[] {
  return page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [code = "", ...rest] = section.split("\n");
      return {
        code: code.trim(),
        words: rest
          .join(" ")
          .split(/\s+/)
          .filter((word) => word !== "").length,
      };
    });
}

/**
 * The names that no source uses: as a string, as a member, as a key, or by a template that begins with the name's group
 * (`limit.${name}`), which stands for every code of the group.
 */
export function unused(names: readonly string[], files: readonly SourceFile[]): string[] {
  const texts = new Set<string>();
  const groups = new Set<string>();
  for (const { tokens } of files) {
    for (const [index, token] of tokens.entries()) {
      if (token.kind === "string" || token.kind === "word" || token.kind === "template") texts.add(token.text);
      if (token.kind === "template" && /^[a-z_]+\.$/.test(token.text) && tokens[index + 1]?.text === "${") groups.add(token.text);
    }
  }
  return names.filter((name) => !texts.has(name) && !groups.has(name.slice(0, name.indexOf(".") + 1)));
}
