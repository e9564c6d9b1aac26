import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import { issuesText } from "./wire/issue_text.ts";

/** A JSON body that holds no facts, by its schema. Errors: `json.syntax`, `json.not_utf8`, `http.malformed`. */
export function readJsonBody<S extends z.ZodType>(body: Uint8Array, schema: S): z.output<S> {
  const read = schema.safeParse(parse(body), { reportInput: true });
  if (read.success) return read.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  throw new AssayError("http.malformed", `body: ${issuesText(read.error, known)}`);
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
