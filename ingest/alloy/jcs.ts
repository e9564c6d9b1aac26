import type { PlacedJson, PlacedNumber, PlacedObject } from "./placed_json.ts";

/** Values to leave out of a form, with the names of the members that hold them. */
export type Omitted = ReadonlySet<PlacedJson>;

export const NOTHING_OMITTED: Omitted = new Set();

/**
 * The RFC 8785 form of a value read from `text`, or null where it has none that says the same: a number past the doubles, or an integer
 * that no double holds exactly (the form would be that of another number).
 */
export function jcsForm(text: string, value: PlacedJson, omitted: Omitted = NOTHING_OMITTED): string | null {
  const writer = new JcsWriter(text, omitted);
  writer.value(value);
  return writer.hasForm ? writer.out : null;
}

class JcsWriter {
  out = "";
  hasForm = true;
  readonly #text: string;
  readonly #omitted: Omitted;

  constructor(text: string, omitted: Omitted) {
    this.#text = text;
    this.#omitted = omitted;
  }

  value(value: PlacedJson): void {
    switch (value.kind) {
      case "string":
        this.out += value.canonical ? this.#text.slice(value.at, value.end) : JSON.stringify(value.value);
        return;
      case "number":
        this.out += this.#number(value);
        return;
      case "word":
        this.out += String(value.value);
        return;
      case "array":
        this.#array(value.items);
        return;
      default:
        this.#object(value);
    }
  }

  #array(items: readonly PlacedJson[]): void {
    this.out += "[";
    let comma = "";
    for (const item of items) {
      if (this.#omitted.has(item)) continue;
      this.out += comma;
      comma = ",";
      this.value(item);
    }
    this.out += "]";
  }

  #object(object: PlacedObject): void {
    const { names, values } = object;
    this.out += "{";
    let comma = "";
    for (const position of sortedPositions(names)) {
      const value = values[position] as PlacedJson;
      if (this.#omitted.has(value)) continue;
      this.out += comma + JSON.stringify(names[position]);
      this.out += ":";
      comma = ",";
      this.value(value);
    }
    this.out += "}";
  }

  #number(value: PlacedNumber): string {
    const number = Number(value.text);
    if (!Number.isFinite(number) || (value.isInteger && !Number.isSafeInteger(number))) this.hasForm = false;
    return String(number === 0 ? 0 : number);
  }
}

const SORTED_BY_HAND = 20;

/** The positions of names in the order of their UTF-16 units (RFC 8785, 3.2.3). */
function sortedPositions(names: readonly string[]): readonly number[] {
  const positions: number[] = [];
  for (let position = 0; position < names.length; position += 1) {
    const name = names[position] as string;
    if (names.length > SORTED_BY_HAND) positions.push(position);
    else {
      let to = position;
      for (; to > 0 && (names[positions[to - 1] as number] as string) > name; to -= 1) positions[to] = positions[to - 1] as number;
      positions[to] = position;
    }
  }
  if (names.length > SORTED_BY_HAND) positions.sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  return positions;
}
