const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** How a value shows itself in a notebook (Deno's kernel and others that know `Jupyter.display`), and where it is only printed. */
export interface Shown {
  readonly html: string;
  toString(): string;
  [DISPLAY](): Readonly<Record<string, string>>;
}

/** Something with a picture or a table of its own beside its text. */
export function shown(media: "text/html" | "image/svg+xml", rich: string, text: string): Shown {
  return { html: rich, toString: () => text, [DISPLAY]: () => ({ [media]: rich, "text/plain": text }) };
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
