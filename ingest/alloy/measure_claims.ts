import { type AlloyDocument, type Body, bodyOf, digestOf } from "./document.ts";
import type { RuledDigest } from "./document_digests.ts";
import { jcsDigest } from "./jcs.ts";
import { itemsOf, memberOf, textOf } from "./placed_json.ts";
import { shardListForm, shardsOf } from "./shard_list.ts";
import type { AlloyTables } from "./sheet.ts";
import type { Claim } from "./tree_facts.ts";

/** A claim that a file may tell the truth of. */
export interface FileClaim {
  readonly alloy: string;
  /** The name that the document gives itself, where it is a plain one: a folder of that name holds its files, where there is one. */
  readonly owner: string | null;
  readonly parent: string;
  readonly member: string;
  /** Names to look under, in this order. */
  readonly names: readonly string[];
  /** The object that lists the file as a shard, which also has its size; null elsewhere. */
  readonly shard: string | null;
  /** Whether the claim stands measured already, by another rule. */
  readonly measured: boolean;
}

/**
 * Adds what can be measured beside the claims of a document without its files, and returns the claims that files would tell the truth
 * of. Each of the others that no rule measures gets an `unmeasured` fact.
 */
export function measureClaims(
  tables: AlloyTables,
  document: AlloyDocument,
  claims: readonly Claim[],
  digests: readonly RuledDigest[],
): FileClaim[] {
  const measuring = new Measuring(tables, document, digests);
  for (const claim of claims) measuring.measure(claim);
  return measuring.files;
}

class Measuring {
  readonly files: FileClaim[] = [];
  readonly #tables: AlloyTables;
  readonly #document: AlloyDocument;
  readonly #digests: readonly RuledDigest[];
  /** The text and root that pointers speak of: the document's, or those of the payload of an envelope. */
  readonly #body: Body;

  constructor(tables: AlloyTables, document: AlloyDocument, digests: readonly RuledDigest[]) {
    this.#tables = tables;
    this.#document = document;
    this.#digests = digests;
    this.#body = bodyOf(document);
  }

  measure(claim: Claim): void {
    switch (claim.what) {
      case "alloy":
        this.#alloy(claim);
        return;
      case "model":
        this.#model(claim);
        return;
      case "previous":
        this.#previous(claim);
        return;
      default:
        this.#file(claim, fileNames(claim), false);
    }
  }

  #alloy(claim: Claim): void {
    for (const { rule, digest } of this.#digests) if (rule !== "pipeline") this.#add(claim, rule, digest);
    const value = memberOf(claim.holder, claim.member);
    const { text, root } = this.#body;
    const digest = value === undefined ? null : jcsDigest(text, root, new Set([value]));
    if (digest !== null) this.#add(claim, "minus_self", digest);
  }

  #model(claim: Claim): void {
    const shards = shardsOf(memberOf(claim.holder, "fileHashes"));
    if (shards === null) {
      this.#unmeasured(claim, "no_rule");
      return;
    }
    this.#add(claim, "shard_list", digestOf(shardListForm(shards)));
    const [only] = shards;
    if (only !== undefined && shards.length === 1) this.#file(claim, [only.filename], true);
  }

  #previous(claim: Claim): void {
    const index = Number(/\/stages\/(\d+)$/.exec(claim.parent)?.[1] ?? 0);
    const before = itemsOf(memberOf(this.#body.root, "stages"))[index - 1];
    const digest = before === undefined ? null : jcsDigest(this.#body.text, before);
    if (digest === null) this.#unmeasured(claim, "no_rule");
    else this.#add(claim, "stage", digest);
  }

  #file(claim: Claim, names: readonly string[], measured: boolean): void {
    const { parent, member, what } = claim;
    if (names.length === 0) {
      this.#unmeasured(claim, "no_rule");
      return;
    }
    const owner = textOf(memberOf(this.#body.root, "name"));
    const isPlain = owner !== null && /^\w[\w.-]*$/.test(owner);
    const shard = what === "file" ? parent : null;
    this.files.push({ alloy: this.#document.id, owner: isPlain ? owner : null, parent, member, names, shard, measured });
  }

  #add(claim: Claim, rule: string, digest: string): void {
    this.#tables.measured_digest.add(this.#document.id, claim.parent, claim.member, rule, digest);
  }

  #unmeasured(claim: Claim, why: string): void {
    this.#tables.unmeasured.add(this.#document.id, claim.parent, claim.member, why);
  }
}

/** The names under which the file of a claim may lie; none where there is no rule for it. */
function fileNames({ what, member, holder }: Claim): string[] {
  const named = (name: string): string[] => {
    const text = textOf(memberOf(holder, name));
    return text === null ? [] : [text];
  };
  switch (what) {
    case "file":
      return named("filename");
    case "result":
      return named("samplesPath");
    case "base_result":
      return named("baseSamplesPath");
    case "card":
      return ["README.md"];
    case "corpus":
      return member === "sha256" ? named("path") : [];
    case "dataset":
      return named("name").flatMap((name) => [`datasets/${name}`, name]);
    default:
      return [];
  }
}
