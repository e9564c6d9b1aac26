import type { Json } from "./openapi.ts";

const PLAIN: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  null: "null",
};

/** A JSON schema in a few words of HTML, named parts as links to where `formsHtml` shows them. */
export function formHtml(schema: Json): string {
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const name = escaped(reference.slice(reference.lastIndexOf("/") + 1));
    return `<a href="#form-${name}">${name}</a>`;
  }
  if (Array.isArray(schema["enum"])) return schema["enum"].map((value) => `<code>${escaped(JSON.stringify(value))}</code>`).join(" or ");
  if ("const" in schema) return `<code>${escaped(JSON.stringify(schema["const"]))}</code>`;
  const either = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(either)) return [...new Set(either.map((one) => formHtml(one as Json)))].join(" or ");
  if (schema["type"] === "array") return listHtml(schema);
  if (schema["type"] === "object") return objectHtml(schema);
  return PLAIN[String(schema["type"])] ?? "anything";
}

function listHtml({ prefixItems, items }: Json): string {
  if (Array.isArray(prefixItems)) return `[${prefixItems.map((one) => formHtml(one as Json)).join(", ")}]`;
  return `list of ${formHtml((items ?? {}) as Json)}`;
}

function objectHtml({ properties, required, additionalProperties }: Json): string {
  const members = Object.entries((properties ?? {}) as Record<string, Json>);
  const isOpen = typeof additionalProperties === "object" && additionalProperties !== null;
  if (members.length === 0) return isOpen ? `object of ${formHtml(additionalProperties as Json)} by name` : "object";
  const wanted = new Set((required ?? []) as string[]);
  return `{${members.map(([name, of]) => `<code>${escaped(name)}${wanted.has(name) ? "" : "?"}</code>: ${formHtml(of)}`).join(", ")}}`;
}

/** The named parts of a document, each under its anchor. */
export function formsHtml(schemas: Readonly<Record<string, Json>>): string {
  const sections = Object.entries(schemas)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `<h4 id="form-${escaped(name)}">${escaped(name)}</h4>${described(schema)}${membersHtml(schema)}`);
  return `<section><h2 id="forms">forms</h2>${sections.join("")}</section>`;
}

function membersHtml(schema: Json): string {
  const members = Object.entries((schema["properties"] ?? {}) as Record<string, Json>);
  if (members.length === 0) return `<p>${formHtml(schema)}</p>`;
  const wanted = new Set((schema["required"] ?? []) as string[]);
  const rows = members.map(
    ([name, of]) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${wanted.has(name) ? "" : "optional "}${formHtml(of)}</td><td>${marked(String(of["description"] ?? ""))}</td></tr>`,
  );
  return `<table>${rows.join("")}</table>`;
}

function described({ description }: Json): string {
  return typeof description === "string" ? `<p>${marked(description)}</p>` : "";
}

/** Text with its backticks as code. */
export function marked(text: string): string {
  return escaped(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
