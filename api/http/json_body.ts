import type { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";

/** A JSON body that holds no facts, by its schema. Errors: `json.syntax`, `json.not_utf8`, `http.malformed`. */
export function readJsonBody<S extends z.ZodType>(body: Uint8Array, schema: S): z.output<S> {
  const read = schema.safeParse(parse(body));
  if (read.success) return read.data;
  const said = read.error.issues.map(({ path, message }) => (path.length === 0 ? message : `\`${path.join(".")}\` ${message}`));
  throw new AssayError("http.malformed", `body: ${said.join(", ")}`);
}

function parse(body: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new AssayError("json.not_utf8", "the body is not UTF-8", { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AssayError("json.syntax", "the body is no JSON", { cause });
  }
}
