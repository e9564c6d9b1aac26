import type { Value } from "../../schema/value.ts";

/** A text on one line, so that nothing in it reads as a line of the prompt, and cut where it is longer than a model is told. */
export function toldLine(text: string, characters: number): string {
  return cutText(text.replace(/[\p{Cc}\u2028\u2029]+/gu, " "), characters);
}

/** The beginning of a text, its length told where it is cut. */
export function cutText(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const end = /[\ud800-\udbff]/.test(text[characters - 1] ?? "") ? characters - 1 : characters;
  return `${text.slice(0, end)}… (${text.length} characters)`;
}

/** A value as JSON writes it, exactly. */
export function toldValue(value: Value): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
