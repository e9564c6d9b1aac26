import { claimedBy, normalDigest } from "./claims.ts";
import { decimalOf } from "./decimal.ts";
import { digestOf } from "./document.ts";
import { momentOf } from "./moment.ts";
import type { PlacedArray, PlacedJson, PlacedNumber, PlacedObject, PlacedText } from "./placed_json.ts";
import { pointerTo } from "./pointer.ts";
import type { AlloyTables } from "./sheet.ts";
import { countOf, memoryOf, nonceBytes, versionOf } from "./text_meaning.ts";

/** A claim of a digest, with the object that holds it. */
export interface Claim {
  readonly parent: string;
  readonly member: string;
  readonly what: string;
  readonly digest: string;
  readonly holder: PlacedJson;
}

const TEXT_UNITS = 256;
const WRITTEN_UNITS = 64;
const NUMBER_MIN = -(2n ** 63n);
const NUMBER_MAX = 2n ** 63n - 1n;
/** A whole number of so many characters is a safe integer. */
const SAFE_CHARACTERS = 15;
const indexes = Array.from({ length: 1000 }, (_, index) => String(index));

/**
 * Adds one fact for every value of a document, by where it stands, and what its strings mean and claim. `root` stands at `pointer`, which is
 * "" for the document itself. Returns the claims.
 */
export function addTreeFacts(tables: AlloyTables, alloy: string, root: PlacedJson, pointer: string, payload: PlacedJson | null): Claim[] {
  const walk = new TreeWalk(tables, alloy, payload);
  walk.inside(root, pointer, "", "");
  return walk.claims;
}

/** Hot: it passes every value of ten thousand documents. */
class TreeWalk {
  readonly claims: Claim[] = [];
  readonly #tables: AlloyTables;
  readonly #alloy: string;
  /** What the root's member `payload` stands for, where the document is an envelope. */
  readonly #payload: PlacedJson | null;

  constructor(tables: AlloyTables, alloy: string, payload: PlacedJson | null) {
    this.#tables = tables;
    this.#alloy = alloy;
    this.#payload = payload;
  }

  /** The values in an object or array at `pointer`, itself the member `own` of a member `outer`. */
  inside(value: PlacedJson, pointer: string, own: string, outer: string): void {
    if (value.kind === "object") this.#members(value, pointer, own, outer);
    else if (value.kind === "array") this.#items(value, pointer, own, outer);
  }

  #members(object: PlacedObject, pointer: string, own: string, outer: string): void {
    const { names, values } = object;
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] as string;
      const value = this.#payload !== null && pointer === "" && name === "payload" ? this.#payload : (values[at] as PlacedJson);
      this.#value(value, pointer, name, own, outer, object);
    }
    for (const name of object.repeated) this.#tables.repeated.add(this.#alloy, pointer, name);
  }

  #items(array: PlacedArray, pointer: string, own: string, outer: string): void {
    const { items } = array;
    for (let at = 0; at < items.length; at += 1) {
      this.#value(items[at] as PlacedJson, pointer, indexes[at] ?? String(at), own, outer, array);
    }
  }

  #value(value: PlacedJson, parent: string, member: string, own: string, outer: string, holder: PlacedJson): void {
    const tables = this.#tables;
    switch (value.kind) {
      case "string":
        this.#text(value, parent, member);
        if (value.value.length <= TEXT_UNITS) this.#claim(value.value, parent, member, own, outer, holder);
        return;
      case "number":
        this.#number(value, parent, member);
        return;
      case "word":
        if (value.value === null) tables.null.add(this.#alloy, parent, member);
        else tables.flag.add(this.#alloy, parent, member, value.value ? "true" : "false");
        return;
      default: {
        const pointer = pointerTo(parent, member);
        if (value.kind === "object") tables.object.add(this.#alloy, parent, member, pointer);
        else tables.array.add(this.#alloy, parent, member, pointer, value.items.length);
        this.inside(value, pointer, member, own);
      }
    }
  }

  #text({ value, canonical }: PlacedText, parent: string, member: string): void {
    const isSymbol = canonical || (!value.includes("\0") && value.isWellFormed());
    if (value.length > TEXT_UNITS || !isSymbol) {
      this.#tables.long_text.add(this.#alloy, parent, member, digestOf(value), Buffer.byteLength(value));
      return;
    }
    this.#tables.text.add(this.#alloy, parent, member, value);
    const first = value.charCodeAt(0);
    if (first >= 48 && first <= 57) this.#numeric(value, parent, member);
    const memory = value.length >= 3 ? memoryOf(value) : null;
    if (memory !== null) this.#tables.memory_text.add(this.#alloy, parent, member, memory);
    if (member === "nonce") this.#tables.nonce_bytes.add(this.#alloy, parent, member, nonceBytes(value));
  }

  /** What a string that begins with a digit may mean. */
  #numeric(value: string, parent: string, member: string): void {
    const moment = momentOf(value);
    if (moment !== null) {
      this.#tables.time.add(this.#alloy, parent, member, moment.seconds, moment.form);
      return;
    }
    const version = versionOf(value);
    if (version !== null) this.#tables.version_text.add(this.#alloy, parent, member, ...version);
    const count = version === null ? countOf(value) : null;
    if (count !== null) this.#tables.count_text.add(this.#alloy, parent, member, count.value, count.half);
  }

  #number(value: PlacedNumber, parent: string, member: string): void {
    const { text } = value;
    if (value.isInteger) {
      const whole = text.length <= SAFE_CHARACTERS ? Number(text) : text.length <= 20 ? BigInt(text) : null;
      if (whole !== null && whole >= NUMBER_MIN && whole <= NUMBER_MAX) {
        this.#tables.integer.add(this.#alloy, parent, member, whole);
        return;
      }
    } else {
      const decimal = decimalOf(text);
      if (decimal !== null) {
        this.#tables.decimal.add(this.#alloy, parent, member, decimal.millionths, decimal.places);
        return;
      }
    }
    this.#tables.unfit_number.add(this.#alloy, parent, member, text.slice(0, WRITTEN_UNITS));
  }

  #claim(text: string, parent: string, member: string, own: string, outer: string, holder: PlacedJson): void {
    const what = claimedBy(member, own, outer);
    if (what === null || text.includes("\0") || !text.isWellFormed()) return;
    const digest = normalDigest(text);
    this.#tables.claimed.add(this.#alloy, parent, member, what, digest);
    this.claims.push({ parent, member, what, digest, holder });
  }
}
