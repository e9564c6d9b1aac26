import type { Fact } from "../../../schema/fact.ts";
import type { Deed } from "./deeds.ts";
import type { Principal } from "./principal.ts";

/** The relations whose facts come with a request and are never a fact base's; see `logic/theories/authz/request.dl`. */
export const OF_REQUEST: ReadonlySet<string> = new Set([
  "principal",
  "principal_group",
  "principal_claim",
  "principal_name",
  "proposer",
  "deed",
  "deed_value",
  "declassified",
  "known_relation",
]);

/** A request as facts. Deeds are numbered from 1, in their order. Texts that no fact can hold are cut to what one can. */
export function requestFacts(principal: Principal, deeds: readonly Deed[], proposer: string | null): Fact[] {
  const { id, kind, names = [], groups = [], claims = [] } = principal;
  const facts: Fact[] = [];
  const add = (relation: string, row: Fact["row"]): void => {
    facts.push({ relation, row });
  };
  add("principal", [id, kind]);
  for (const name of names) add("principal_name", [id, name]);
  for (const group of groups) add("principal_group", [id, group]);
  for (const [name, value] of claims) add("principal_claim", [id, name, value]);
  if (proposer !== null) add("proposer", [proposer.toWellFormed().replaceAll("\0", "\uFFFD")]);
  for (const [index, { operation, relation, values }] of deeds.entries()) {
    const number = BigInt(index + 1);
    add("deed", [number, operation, relation]);
    for (const [attribute, value] of values) add("deed_value", [number, attribute, value]);
  }
  return facts;
}
