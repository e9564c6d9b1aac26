import type { ErrorCode } from "../schema/errors.ts";
import { registry } from "../schema/errors.ts";
import type { Limits } from "../schema/limits.ts";
import type { Attribute } from "../schema/relation.ts";

const SHOWN_CHARACTERS = 40;

/** Says why a record was set aside: the attribute, its type and the offending text, as `Quarantined.reason` has it. */
export function reasonOf(code: ErrorCode, attribute: Attribute, text: string, limits: Limits): string {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  const { name, type } = attribute;
  switch (code) {
    case "ingest.null":
      return `attribute \`${name}\` has no value`;
    case "ingest.not_a_number":
      return `\`${shown}\` is not a whole number, which attribute \`${name}\` needs`;
    case "ingest.not_a_float":
      return `\`${shown}\` is not a number, which attribute \`${name}\` needs`;
    case "ingest.number_range":
      return `\`${shown}\` is outside the 64 bits of attribute \`${name}\`, ${type === "unsigned" ? "an unsigned" : `a ${type}`}`;
    case "ingest.float_range":
      return `\`${shown}\` is no finite float, which attribute \`${name}\` needs`;
    case "ingest.nul":
      return `attribute \`${name}\` holds the character NUL`;
    case "limit.symbol_bytes":
      return `attribute \`${name}\` is longer than the bound symbol_bytes, ${limits.symbol_bytes} bytes`;
    default:
      return `attribute \`${name}\`: ${registry[code].title}`;
  }
}
