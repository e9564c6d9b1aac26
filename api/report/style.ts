import { styleText } from "node:util";

type Format = "red" | "green" | "yellow" | "blue" | "cyan" | "bold" | "dim";

/** Colours and weights of the terminal form. Printers take one, so that they stay pure functions of what they print. */
export type Style = (format: Format | readonly Format[], text: string) => string;

export const plainStyle: Style = (_format, text) => text;

/** Colour where `stream` shows it: a terminal, NO_COLOR and FORCE_COLOR obeyed, as `util.styleText` defines. */
export function streamStyle(stream: NodeJS.WritableStream): Style {
  return (format, text) => styleText(format as Format[], text, { stream });
}
