import { matchesFolder } from "./folder_glob.ts";
import { type JsonNode, membersOf, textOf } from "./json_tree.ts";
import { locate, normalPath } from "./lock_path.ts";

/**
 * The folders among `locations` that the `workspaces` of a manifest names, with the offset of what names them.
 * A pattern that begins with `!` takes folders out again, as npm does it.
 */
export function workspaceFolders(manifest: JsonNode | undefined, locations: readonly string[]): { folder: string; offset: number }[] {
  const field = membersOf(manifest).get("workspaces");
  const listed = field?.value.kind === "object" ? field.value.members.get("packages")?.value : field?.value;
  if (field === undefined || listed?.kind !== "array") return [];
  const folders = locations.filter((location) => location !== "" && locate(location) === null && !location.includes("node_modules/"));
  const named = new Map<string, number>();
  for (const item of listed.items) {
    const text = textOf(item) ?? "";
    const negative = text.startsWith("!");
    const pattern = normalPath(negative ? text.slice(1) : text);
    for (const folder of folders) {
      if (!matchesFolder(pattern, folder)) continue;
      if (negative) named.delete(folder);
      else named.set(folder, field.offset);
    }
  }
  return [...named].map(([folder, offset]) => ({ folder, offset }));
}
