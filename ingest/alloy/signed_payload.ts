import { digestOf } from "./document.ts";
import { jcsForm } from "./jcs.ts";
import { itemsOf, memberOf, type PlacedJson, valueAt } from "./placed_json.ts";

/**
 * What the signature of an integrity block signs: the RFC 8785 form of an object of its `alloyHash`, `attestedAt`, `audience`, `modelHash` and
 * `nonce`, with `benchmarkResults` (the list `/results/benchmarks`), `codeHash` (of the RFC 8785 form of `code`) and `datasetHashes` (the
 * `hash` of each data set, in order). What is absent or null is left out. Null where a member has no such form.
 */
export function integrityPayload(text: string, root: PlacedJson): string | null {
  const integrity = valueAt(root, "results", "integrity");
  const form = (value: PlacedJson): string | null => jcsForm(text, value);
  const code = present(memberOf(integrity, "code"));
  const codeForm = code === undefined ? undefined : form(code);
  const hashes = itemsOf(memberOf(integrity, "datasets")).map((item) => memberOf(item, "hash"));
  const hashForms = hashes.flatMap((hash) => (hash === undefined ? [] : [form(hash)]));
  const hasDatasets = present(memberOf(integrity, "datasets")) !== undefined;
  const member = (name: string): string | null | undefined => {
    const value = present(memberOf(integrity, name));
    return value === undefined ? undefined : form(value);
  };
  const benchmarks = present(valueAt(root, "results", "benchmarks"));
  return objectForm([
    ["alloyHash", member("alloyHash")],
    ["attestedAt", member("attestedAt")],
    ["audience", member("audience")],
    ["benchmarkResults", benchmarks === undefined ? undefined : form(benchmarks)],
    ["codeHash", codeForm == null ? codeForm : `"${digestOf(codeForm)}"`],
    ["datasetHashes", hasDatasets ? `[${hashForms.join(",")}]` : undefined],
    ["modelHash", member("modelHash")],
    ["nonce", member("nonce")],
  ]);
}

/** What the signature of a certification signs: the RFC 8785 form of its `adapter`, `attestedAt`, `domain`, `nonce`, `result` and `version`. */
export function certificationPayload(text: string, certification: PlacedJson): string | null {
  const names = ["adapter", "attestedAt", "domain", "nonce", "result", "version"];
  return objectForm(
    names.map((name) => {
      const value = present(memberOf(certification, name));
      return [name, value === undefined ? undefined : jcsForm(text, value)];
    }),
  );
}

/** An object of members in the order of their names; undefined is left out, null has no form. */
function objectForm(members: readonly (readonly [string, string | null | undefined])[]): string | null {
  if (members.some(([, form]) => form === null)) return null;
  const written = members.flatMap(([name, form]) => (form === undefined ? [] : [`"${name}":${form}`]));
  return `{${written.join(",")}}`;
}

function present(value: PlacedJson | undefined): PlacedJson | undefined {
  return value?.kind === "word" && value.value === null ? undefined : value;
}
