import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import { itemsOf, memberOf, type PlacedJson, textOf, valueAt } from "../alloy/placed_json.ts";
import { readPlacedJson } from "../alloy/read_placed_json.ts";

/** One link as a chain document claims it. */
export interface ClaimedLink {
  readonly commit: string;
  readonly tree: string;
  readonly hash: string;
  readonly parents: readonly string[];
  readonly place: Place;
}

/** A chain document as read. */
export interface ChainDocument {
  readonly name: string;
  readonly place: Place;
  /** A link, or the first of its members that is missing or not well-formed. */
  readonly links: readonly (ClaimedLink | { readonly malformed: string; readonly place: Place })[];
  readonly heads: readonly { readonly member: string; readonly hash: string; readonly place: Place }[];
  readonly count: { readonly value: bigint; readonly place: Place } | null;
}

const OBJECT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const HASH = /^[0-9a-f]{64}$/;
/** Where documents name the hash of the last link. */
const HEADS = [["chainHash"], ["integrity", "alloyHash"], ["integrity", "code", "sourceHash"]] as const;

/** Reads a chain document: `stages`, each a `commit`, a `tree` and a `chain_hash`. Errors: `git.chain`, `limit.chain_links`, those of `readPlacedJson`. */
export function readChain(text: string, name: string, limits: Limits): ChainDocument {
  const root = readPlacedJson(text, name, limits);
  const places = new Places(text, name);
  const stages = memberOf(root, "stages");
  if (stages?.kind !== "array") throw new AssayError("git.chain", `\`${name}\` has no list of links, \`stages\``, { place: name });
  const items = itemsOf(stages);
  if (items.length > limits.chain_links) {
    throw new AssayError("limit.chain_links", `\`${name}\` has more than ${limits.chain_links} links`, { place: name });
  }
  const total = memberOf(root, "totalCommits");
  return {
    name,
    place: places.of(stages),
    links: items.map((item) => readLink(item, places)),
    heads: HEADS.flatMap((path) => {
      const value = valueAt(root, ...path);
      const hash = textOf(value);
      return value === undefined || hash === null
        ? []
        : [{ member: path.join("."), hash: hash.replace(/^sha256:/, ""), place: places.of(value) }];
    }),
    count: total?.kind === "number" && /^\d{1,18}$/.test(total.text) ? { value: BigInt(total.text), place: places.of(total) } : null,
  };
}

function readLink(item: PlacedJson, places: Places): ChainDocument["links"][number] {
  const place = places.of(item);
  const commit = textOf(memberOf(item, "commit"));
  const tree = textOf(memberOf(item, "tree"));
  const hash = textOf(memberOf(item, "chain_hash"));
  if (commit === null || !OBJECT.test(commit)) return { malformed: "commit", place };
  if (tree === null || !OBJECT.test(tree)) return { malformed: "tree", place };
  if (hash === null || !HASH.test(hash)) return { malformed: "chain_hash", place };
  const parents = itemsOf(memberOf(item, "parents")).map(textOf);
  if (parents.some((parent) => parent === null || !OBJECT.test(parent))) return { malformed: "parents", place };
  return { commit, tree, hash, parents: parents.filter((parent) => parent !== null), place };
}

/** Places of values, found line by line once. */
class Places {
  readonly #name: string;
  readonly #starts: number[] = [0];

  constructor(text: string, name: string) {
    this.#name = name;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) this.#starts.push(end + 1);
  }

  of({ at }: PlacedJson): Place {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return `${this.#name}:${low + 1}:${at - (this.#starts[low] ?? 0) + 1}`;
  }
}
