import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Attribute } from "../../schema/relation.ts";
import type { Row, Value } from "../../schema/value.ts";

export type Parameters = ReadonlyMap<string, string>;

/** A reading that the runner does not do: another source of facts than a text file, or a form that Soufflé has and we do not. */
export class NotRead extends Error {}

/** Turns one field into a value of an attribute; throws where it is none. */
export type ReadField = (attribute: Attribute, text: string) => Value;

/** Reads the facts of one `.input` directive as Soufflé does. Errors: `NotRead`, and a plain error where the file is malformed or missing. */
export function readFacts(
  name: string,
  attributes: readonly Attribute[],
  parameters: Parameters,
  folder: string,
  readField: ReadField,
): Row[] {
  const io = parameters.get("IO") ?? "file";
  if (io !== "file") throw new NotRead(`facts from \`IO=${io}\``);
  if (parameters.has("columns")) throw new NotRead("the parameter `columns`");
  const given = parameters.get("filename") ?? `${name}.facts`;
  const file = isAbsolute(given) ? given : join(folder, given);
  if (!existsSync(file)) throw new Error(`cannot open fact file ${file}`);
  const quoted = parameters.get("rfc4180") === "true";
  const delimiter = parameters.get("delimiter") ?? (quoted ? "," : "\t");
  const bytes = readFileSync(file);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
  const body = parameters.get("headers") === "true" ? text.slice(text.indexOf("\n") + 1) : text;
  const lines = quoted ? quotedRecords(body, delimiter) : plainRecords(body, delimiter, attributes.length);
  if (attributes.length === 0) return lines.length > 0 ? [[]] : [];
  return lines.map((fields) => attributes.map((attribute, at) => readField(attribute, fieldAt(fields, at))));
}

function fieldAt(fields: readonly string[], at: number): string {
  const field = fields[at];
  if (field === undefined) throw new Error("values missing");
  return field;
}

function plainRecords(text: string, delimiter: string, arity: number): string[][] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => splitPlain(line.replace(/\r$/u, ""), delimiter, arity));
}

/** A delimiter with a comma does not split inside the brackets of a record. */
function splitPlain(line: string, delimiter: string, arity: number): string[] {
  if (!delimiter.includes(",")) return line.split(delimiter).slice(0, Math.max(arity, 1));
  const fields: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === "[") depth++;
    else if (line[at] === "]") depth--;
    else if (depth === 0 && line.startsWith(delimiter, at)) {
      fields.push(line.slice(from, at));
      from = at + delimiter.length;
      at = from - 1;
    }
  }
  return [...fields, line.slice(from)];
}

/** RFC 4180 records; a quote inside a quoted field is doubled. */
function quotedRecords(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      for (at++; at < text.length && (text[at] !== '"' || text[at + 1] === '"'); at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else {
      while (at < text.length && !text.startsWith(delimiter, at) && text[at] !== "\n") field += text[at++];
      field = field.replace(/\r$/u, "");
    }
    fields.push(field);
    if (text.startsWith("\r\n", at)) at++;
    if (at >= text.length || text[at] === "\n") {
      records.push(fields);
      fields = [];
      at++;
    } else if (text.startsWith(delimiter, at)) at += delimiter.length;
    else throw new Error("a separator was expected behind a quoted field");
  }
  return records;
}
