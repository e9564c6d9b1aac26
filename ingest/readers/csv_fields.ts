export interface CsvFields {
  readonly fields: readonly string[];
  /** `bad_quote`: text stands behind a closing quote. `unterminated`: the last field's quote is never closed. */
  readonly fault: "bad_quote" | "unterminated" | null;
}

/**
 * Cuts one record, its end mark taken off, into fields. Spaces around a quoted field fall away, others stay. Where `columns` is given,
 * empty fields at the end are dropped as far as they are too many.
 */
export function csvFields(record: string, delimiter: string, columns: number | null): CsvFields {
  const cut = record.includes('"') ? quotedFields(record, delimiter) : { fields: record.split(delimiter), fault: null };
  if (columns === null || cut.fields.length <= columns || cut.fields.slice(columns).some((field) => field !== "")) return cut;
  return { fields: cut.fields.slice(0, columns), fault: cut.fault };
}

function quotedFields(record: string, delimiter: string): CsvFields {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const start = /[ ]*"/y;
    start.lastIndex = at;
    if (!start.test(record)) {
      const end = record.indexOf(delimiter, at);
      fields.push(record.slice(at, end === -1 ? undefined : end));
      if (end === -1) return { fields, fault: null };
      at = end + delimiter.length;
      continue;
    }
    const close = closingQuote(record, start.lastIndex);
    if (close === -1) return { fields, fault: "unterminated" };
    fields.push(record.slice(start.lastIndex, close).replaceAll('""', '"'));
    at = skipSpaces(record, close + 1);
    if (at >= record.length) return { fields, fault: null };
    if (!record.startsWith(delimiter, at)) return { fields, fault: "bad_quote" };
    at += delimiter.length;
  }
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32) at += 1;
  return at;
}
