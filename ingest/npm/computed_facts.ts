import { intersects, satisfies } from "semver";
import type { FactSheet } from "./fact_sheet.ts";
import { sourceOfSpec } from "./source.ts";
import { licenceAlternatives } from "./spdx.ts";
import { parseSpec, type Spec } from "./spec.ts";

/**
 * Adds what needs a computation that rules cannot do: semver's answers, the reading of specifiers and of licence expressions.
 * `sheet` must already hold what the lockfile, the manifests and the policy say.
 */
export function addComputedFacts(sheet: FactSheet): void {
  const versions = versionsByName(sheet);
  for (const [path = "", name = "", range = ""] of sheet.symbols("depends", 0, 1, 2)) {
    addSpec(sheet, path, name, range, versions);
  }
  for (const [name = "", value = ""] of sheet.symbols("override_rule", 1, 3)) addSpec(sheet, "", name, value, versions);
  for (const [name = "", key = ""] of sheet.symbols("override_rule", 1, 2)) addSatisfies(sheet, key, key, versions.get(name));
  for (const [name = "", range = ""] of sheet.symbols("script_rule", 0, 1)) addSatisfies(sheet, range, range, versions.get(name));
  addOverlaps(sheet);
  addAdmissions(sheet);
  for (const relation of ["licence", "installed_licence"]) {
    for (const [expression = ""] of sheet.symbols(relation, 1)) addLicence(sheet, expression);
  }
}

/** The versions that stand in the lockfile for a name: for the name of a place in some `node_modules`, and for a package's own name. */
function versionsByName(sheet: FactSheet): Map<string, Set<string>> {
  const versionOf = new Map<string, string>();
  const versions = new Map<string, Set<string>>();
  const put = (name: string, version: string | undefined) => {
    if (version === undefined || version === "") return;
    const known = versions.get(name);
    if (known === undefined) versions.set(name, new Set([version]));
    else known.add(version);
  };
  for (const [path = "", name = "", version = ""] of sheet.symbols("package", 0, 1, 2)) {
    versionOf.set(path, version);
    put(name, version);
  }
  const targets = new Map<string, string>();
  for (const [path = "", target = ""] of sheet.symbols("link", 0, 1)) targets.set(path, target);
  for (const [path = "", slot = ""] of sheet.symbols("located", 0, 2)) put(slot, versionOf.get(targets.get(path) ?? path));
  return versions;
}

function addSpec(sheet: FactSheet, path: string, name: string, text: string, versions: ReadonlyMap<string, ReadonlySet<string>>): void {
  const spec = parseSpec(text);
  sheet.add("spec_kind", [text, spec.kind], null);
  if (spec.alias !== null) sheet.add("alias", [text, spec.alias], null);
  const source = sourceOfSpec(path, text, spec);
  if (source !== null) sheet.add("asks_source", [path, text, source], null);
  if (spec.range !== null) addSatisfies(sheet, text, spec.range, versions.get(name));
}

/** `text` is the specifier as written, which the facts name; `range` the semver range in it. */
function addSatisfies(sheet: FactSheet, text: string, range: string, versions: ReadonlySet<string> | undefined): void {
  for (const version of versions ?? []) {
    if (range === "*" || satisfies(version, range, { loose: true })) sheet.add("satisfies", [text, version], null);
  }
}

/** Which specifiers an override's key speaks of, after `OverrideSet.getEdgeRule` of arborist 9. */
function addOverlaps(sheet: FactSheet): void {
  const keys = new Map<string, Set<string>>();
  for (const [name = "", key = ""] of sheet.symbols("override_rule", 1, 2)) keys.set(name, (keys.get(name) ?? new Set()).add(key));
  if (keys.size === 0) return;
  for (const [name = "", text = ""] of sheet.symbols("depends", 1, 2)) {
    for (const key of keys.get(name) ?? []) {
      if (key === "*" || overlaps(parseSpec(text), key)) sheet.add("overlaps", [text, key], null);
    }
  }
}

function overlaps(spec: Spec, key: string): boolean {
  if (spec.kind === "git") return false;
  if (spec.range === null) return spec.kind !== "unsupported";
  try {
    return intersects(spec.range, key, { loose: true });
  } catch {
    return false;
  }
}

/** npm's own test of `engines` (`npm-install-checks` 8): prereleases count. */
function addAdmissions(sheet: FactSheet): void {
  const ranges = new Set<string>();
  for (const [range = ""] of sheet.symbols("engines", 1)) ranges.add(range);
  for (const [version = ""] of sheet.symbols("node_version", 0)) {
    for (const range of ranges) if (satisfies(version, range, { includePrerelease: true })) sheet.add("admits", [range, version], null);
  }
}

function addLicence(sheet: FactSheet, expression: string): void {
  for (const [index, alternative] of (licenceAlternatives(expression) ?? []).entries()) {
    for (const id of alternative) sheet.add("licence_term", [expression, BigInt(index + 1), id], null);
  }
}
