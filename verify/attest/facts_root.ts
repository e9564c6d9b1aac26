import { canonicalScalar } from "../../schema/canonical.ts";
import { rowText } from "../../schema/delta_id.ts";
import { HASH_BYTES, Leaves, leafHash, rootOf } from "../../schema/merkle.ts";
import type { Row } from "../../schema/value.ts";
import { hashText } from "../ledger/proof.ts";

/**
 * What a set of facts comes to, whatever order they are read in: the Merkle root (RFC 6962) over one leaf a fact, the RFC 8785 form of
 * `["relation",[values]]`, sorted by the leaves' hashes. A fact said twice counts once.
 */
export class FactsRoot {
  readonly #hashes: Uint8Array[] = [];

  add(relation: string, rows: Iterable<Row>): void {
    const name = canonicalScalar(relation);
    for (const row of rows) this.#hashes.push(leafHash(`[${name},${rowText(row)}]`));
  }

  /** The root, `sha256:<hex>`, and the count of facts. */
  finish(): { readonly root: string; readonly facts: number } {
    const sorted = this.#hashes.sort(Buffer.compare);
    const bytes = Buffer.alloc(sorted.length * HASH_BYTES);
    let facts = 0;
    for (const [index, hash] of sorted.entries()) {
      const before = sorted[index - 1];
      if (before !== undefined && Buffer.compare(before, hash) === 0) continue;
      bytes.set(hash, facts * HASH_BYTES);
      facts += 1;
    }
    return { root: hashText(rootOf(new Leaves(bytes.subarray(0, facts * HASH_BYTES)))), facts };
  }
}
