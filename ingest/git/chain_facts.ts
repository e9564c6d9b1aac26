import type { Place } from "../../schema/place.ts";
import type { Row } from "../../schema/value.ts";
import type { ChainDocument } from "./chain_document.ts";
import { CHAIN_START, linkHash } from "./chain_hash.ts";
import type { RepositoryHistory } from "./history.ts";

/** Facts with their places, by relation of the theory `gitchain`. */
export class ChainFacts {
  readonly facts = new Map<string, Row[]>();
  readonly places = new Map<string, (Place | null)[]>();

  add(relation: string, row: Row, place: Place | null): void {
    const rows = this.facts.get(relation) ?? [];
    const places = this.places.get(relation) ?? [];
    rows.push(row);
    places.push(place);
    this.facts.set(relation, rows);
    this.places.set(relation, places);
  }
}

/** What a document claims and what its links hash to. Returns the hash that the whole chain recomputes to; null for a chain with a gap. */
export function addChain(sheet: ChainFacts, document: ChainDocument): string | null {
  const { name, links, heads, count } = document;
  sheet.add("chain", [name, BigInt(links.length)], document.place);
  for (const { member, hash, place } of heads) sheet.add("claimed_head", [name, member, hash], place);
  if (count !== null) sheet.add("claimed_count", [name, count.value], count.place);
  let claimed: string | null = CHAIN_START;
  let recomputed: string | null = CHAIN_START;
  for (const [at, link] of links.entries()) {
    const index = BigInt(at + 1);
    if ("malformed" in link) {
      sheet.add("malformed_link", [name, index, link.malformed], link.place);
      claimed = null;
      recomputed = null;
      continue;
    }
    const { commit, tree, hash, parents, place } = link;
    sheet.add("link", [name, index, commit, tree, hash], place);
    for (const parent of new Set(parents)) sheet.add("link_parent", [name, index, parent], place);
    if (claimed !== null) sheet.add("measured_link", [name, index, linkHash(commit, claimed, tree)], place);
    recomputed = recomputed === null ? null : linkHash(commit, recomputed, tree);
    if (recomputed !== null) sheet.add("recomputed", [name, index, recomputed], place);
    claimed = hash;
  }
  return recomputed;
}

/** What the repository says where the chain stands. Returns the hash of the repository's own chain. */
export function addRepository(sheet: ChainFacts, { name, links, place }: ChainDocument, history: RepositoryHistory): string {
  const { commits, behind, isOnBranch } = history;
  sheet.add("repository", [name, BigInt(commits.length), BigInt(behind)], place);
  let head = CHAIN_START;
  for (const [at, { commit, tree }] of commits.entries()) {
    const link = links[at];
    sheet.add("repository_commit", [name, BigInt(at + 1), commit, tree], link?.place ?? null);
    head = linkHash(commit, head, tree);
  }
  const last = links.at(-1);
  if (!isOnBranch && last !== undefined && "commit" in last) sheet.add("foreign_tip", [name, last.commit], last.place);
  return head;
}
