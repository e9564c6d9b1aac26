/** Below this many members a list is searched as fast as a map. */
const FEW_MEMBERS = 12;

const NONE: Set<string> = new Set();

/** A JSON value that knows where it stands. `at` is the UTF-16 offset of its first character, `end` the one past its last. */
export type PlacedJson = PlacedObject | PlacedArray | PlacedText | PlacedNumber | PlacedWord;

export class PlacedObject {
  readonly kind = "object";
  readonly at: number;
  end = 0;
  /** Names, where they stand, and values, in the order of the document. */
  readonly names: string[] = [];
  readonly nameAts: number[] = [];
  readonly values: PlacedJson[] = [];
  /** Names that stand here more than once; the member has the place of the first and the value of the last, as Python reads it. */
  repeated: Set<string> = NONE;
  #index: Map<string, number> | null = null;

  constructor(at: number) {
    this.at = at;
  }

  /** The position of a member among `names`, or -1. */
  indexOf(name: string): number {
    return this.#index === null ? this.names.indexOf(name) : (this.#index.get(name) ?? -1);
  }

  /** Adds a member; a second one of its name takes the value over. */
  put(name: string, nameAt: number, value: PlacedJson): void {
    const { names, nameAts, values } = this;
    const position = this.indexOf(name);
    if (position >= 0) {
      values[position] = value;
      if (this.repeated === NONE) this.repeated = new Set();
      this.repeated.add(name);
      return;
    }
    if (this.#index !== null) this.#index.set(name, names.length);
    else if (names.length === FEW_MEMBERS) this.#index = new Map([...names, name].map((other, index) => [other, index]));
    names.push(name);
    nameAts.push(nameAt);
    values.push(value);
  }

  get(name: string): PlacedJson | undefined {
    return this.values[this.indexOf(name)];
  }
}

export class PlacedArray {
  readonly kind = "array";
  readonly at: number;
  end = 0;
  readonly items: PlacedJson[] = [];

  constructor(at: number) {
    this.at = at;
  }
}

export class PlacedText {
  readonly kind = "string";
  readonly at: number;
  readonly end: number;
  readonly value: string;
  /** Whether the document writes it as `JSON.stringify` does. */
  readonly canonical: boolean;

  constructor(at: number, end: number, value: string, canonical: boolean) {
    this.at = at;
    this.end = end;
    this.value = value;
    this.canonical = canonical;
  }
}

/** A number as written, `-0.50e3`: no digit is lost. */
export class PlacedNumber {
  readonly kind = "number";
  readonly at: number;
  readonly end: number;
  readonly text: string;

  constructor(at: number, end: number, text: string) {
    this.at = at;
    this.end = end;
    this.text = text;
  }

  /** Whether it is written without a fraction and an exponent. */
  get isInteger(): boolean {
    return !/[.eE]/.test(this.text);
  }
}

export class PlacedWord {
  readonly kind = "word";
  readonly at: number;
  readonly value: boolean | null;

  constructor(at: number, value: boolean | null) {
    this.at = at;
    this.value = value;
  }

  get end(): number {
    return this.at + (this.value === false ? 5 : 4);
  }
}

/** The member of an object with this name, where there is one. */
export function memberOf(value: PlacedJson | undefined, name: string): PlacedJson | undefined {
  return value?.kind === "object" ? value.get(name) : undefined;
}

/** The value behind several member names, one inside the other. */
export function valueAt(value: PlacedJson | undefined, ...names: readonly string[]): PlacedJson | undefined {
  return names.reduce(memberOf, value);
}

/** The text of a string, and null for everything else. */
export function textOf(value: PlacedJson | undefined): string | null {
  return value?.kind === "string" ? value.value : null;
}

/** The items of an array, and none for everything else. */
export function itemsOf(value: PlacedJson | undefined): readonly PlacedJson[] {
  return value?.kind === "array" ? value.items : [];
}
