import type { z } from "zod";
import { didYouMean } from "../../../logic/language/did_you_mean.ts";

type Issue = z.ZodError["issues"][number];

/** What does not fit a schema, each part by its name; `known` are the names that an object may have. */
export function issuesText({ issues }: z.ZodError, known: readonly string[] = []): string {
  return issues.map((issue) => issueText(issue, known)).join("; ");
}

function issueText(issue: Issue, known: readonly string[]): string {
  const name = issue.path.length === 0 ? "it" : `\`${issue.path.map(String).join(".")}\``;
  if (issue.input === undefined && issue.code !== "custom") return `${name} is missing`;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys
        .map((key) => unknownKey(issue.path.length === 0 ? key : `${issue.path.map(String).join(".")}.${key}`, known))
        .join("; ");
    case "invalid_value":
      return `${name} is none of ${issue.values.flatMap((value) => (value === "" ? [] : [`\`${String(value)}\``])).join(", ")}`;
    case "invalid_type":
      return `${name} is no ${WORDS[issue.expected] ?? issue.expected}`;
    case "too_small":
      return `${name} is too ${SMALL[issue.origin] ?? "small"}: ${issue.minimum} is the least`;
    case "too_big":
      return `${name} is too ${LARGE[issue.origin] ?? "large"}: ${issue.maximum} is the most`;
    case "invalid_format":
      return issue.format === "regex" && /^Invalid/.test(issue.message)
        ? `${name} has not the form \`${issue.pattern ?? ""}\``
        : `${name} ${issue.message}`;
    case "invalid_union":
      return `${name} has none of the forms that it may have`;
    default:
      return `${name} ${issue.message}`;
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = didYouMean(key, known, null);
  return `\`${key}\` is not known here${meant === null ? "" : `, ${meant}`}`;
}

const WORDS: Readonly<Record<string, string>> = { string: "text", int: "whole number", object: "object", array: "array", record: "object" };
const SMALL: Readonly<Record<string, string>> = { string: "short", array: "short" };
const LARGE: Readonly<Record<string, string>> = { string: "long", array: "long" };
