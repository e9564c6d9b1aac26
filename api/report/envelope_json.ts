import type { Envelope } from "../../schema/envelope.ts";

/** The envelope as the doors send it: one line of JSON, integers past 2^53 as strings so that no reader rounds them. */
export function envelopeJson(envelope: Envelope<unknown>): string {
  return `${JSON.stringify(envelope, exactIntegers)}\n`;
}

/** A `JSON.stringify` replacer: a bigint that a double holds exactly becomes a number, any other its digits in a string. */
export function exactIntegers(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}
