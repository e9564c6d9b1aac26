import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import type { AlloyDocument } from "./document.ts";
import type { PlacedJson } from "./placed_json.ts";
import { pointerParts } from "./pointer.ts";
import { readPlacedJson } from "./read_placed_json.ts";
import { lineStarts, positionIn } from "./text_position.ts";

/**
 * Tells where facts of documents stand, `FILE:LINE:COLUMN`. It keeps the documents' texts and reads one again when asked, since places are
 * asked for few facts of many.
 */
export class Places {
  readonly #limits: Pick<Limits, "json_depth" | "alloy_values">;
  readonly #documents = new Map<string, { readonly path: string; readonly text: string }>();
  readonly #unread = new Map<string, Place>();
  #open: { readonly id: string; readonly root: PlacedJson; readonly starts: readonly number[] } | null = null;

  constructor(limits: Pick<Limits, "json_depth" | "alloy_values">) {
    this.#limits = limits;
  }

  /** False where a document of the same bytes is there already. */
  add({ id, path, text }: AlloyDocument): boolean {
    if (this.#documents.has(id)) return false;
    this.#documents.set(id, { path, text });
    return true;
  }

  addUnread(path: string, place: Place): void {
    this.#unread.set(path, place);
  }

  /** Where the value of a member (or an item) of the value at `parent` stands; null for a document that was not read here. */
  ofMember(id: string, parent: string, member: string): Place | null {
    return this.#find(id, [...pointerParts(parent), member]);
  }

  /** Where the value at an RFC 6901 pointer stands. */
  ofPointer(id: string, pointer: string): Place | null {
    return this.#find(id, pointerParts(pointer));
  }

  ofPath(path: string): Place | null {
    return this.#unread.get(path) ?? path;
  }

  /** The place of the value that the parts lead to, or of the last one on the way: what an envelope holds has the place of its payload. */
  #find(id: string, parts: readonly string[]): Place | null {
    const document = this.#documents.get(id);
    if (document === undefined) return null;
    const { path, text } = document;
    const open = this.#open?.id === id ? this.#open : { id, root: readPlacedJson(text, path, this.#limits), starts: lineStarts(text) };
    this.#open = open;
    let value = open.root;
    for (const part of parts) {
      const next = value.kind === "object" ? value.get(part) : value.kind === "array" ? value.items[Number(part)] : undefined;
      if (next === undefined) break;
      value = next;
    }
    return `${path}:${positionIn(open.starts, value.at)}`;
  }
}
