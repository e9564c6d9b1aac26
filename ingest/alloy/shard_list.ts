import { itemsOf, memberOf, type PlacedJson, textOf } from "./placed_json.ts";
import { pythonText } from "./python_form.ts";

/** One shard that a document lists: its file and the digest that it claims, 64 hexadecimal digits. */
export interface Shard {
  readonly filename: string;
  readonly sha256: string;
}

/** The shards in a list `fileHashes`, or null where it is no list of file names and digests, or an empty one. */
export function shardsOf(list: PlacedJson | undefined): Shard[] | null {
  const items = itemsOf(list);
  const shards: Shard[] = [];
  for (const item of items) {
    const filename = textOf(memberOf(item, "filename"));
    const sha256 = textOf(memberOf(item, "sha256"));
    if (filename === null || sha256 === null) return null;
    shards.push({ filename, sha256 });
  }
  return shards.length === 0 ? null : shards;
}

/**
 * The text whose SHA-256 publishers give as `modelHash`: the shards sorted by file name, as compact JSON with sorted keys and nothing but
 * file name and digest. File names compare by code points, as Python sorts them, and come out in ASCII as its `json` writes them.
 */
export function shardListForm(shards: readonly Shard[]): string {
  const sorted = shards.toSorted((a, b) => compareByCodePoints(a.filename, b.filename));
  const items = sorted.map(({ filename, sha256 }) => `{"filename":${pythonText(filename)},"sha256":${pythonText(sha256)}}`);
  return `[${items.join(",")}]`;
}

function compareByCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
