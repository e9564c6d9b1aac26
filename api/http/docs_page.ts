import { escaped, formHtml, formsHtml, marked } from "./docs_forms.ts";
import type { Json } from "./openapi.ts";

interface Content {
  readonly [media: string]: { readonly schema?: Json };
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content; readonly "x-message"?: Json }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Json;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; }
h3 code { font-size: 1rem; }
h4 { margin-bottom: .3rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }
details { margin: .5rem 0 1.5rem; }
`;

/** The operations of an OpenAPI document as one page of HTML, without scripts and without anything from elsewhere. */
export function docsPage(document: Json): string {
  const info = document["info"] as { readonly title: string; readonly version: string; readonly description: string };
  const operations = Object.entries(document["paths"] as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    return `<section><h2 id="${escaped(tag)}">${escaped(tag)}</h2>${own.map(operationHtml).join("")}</section>`;
  });
  const links = tags.map((tag) => `<a href="#${escaped(tag)}">${escaped(tag)}</a>`).join(" · ");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info.title)} ${escaped(info.version)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(info.title)} <small>${escaped(info.version)}</small></h1><p>${escaped(info.description)}</p>
<nav>${links} · <a href="#forms">forms</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/problems">errors</a></nav>${sections.join("")}
${formsHtml((document["components"] as { readonly schemas: Record<string, Json> }).schemas)}</body></html>`;
}

function operationHtml({
  path,
  method,
  operation,
}: {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}): string {
  const parameters = operation.parameters.map(
    ({ name, in: where, required, description = "", schema }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${where}${required ? ", required" : ""}</td><td>${formHtml(schema)}</td><td>${marked(description)}</td></tr>`,
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([name, { schema }]) => contentHtml(name, schema));
  const body = bodies.length === 0 ? "" : `<p>Body: ${bodies.join(", ")}</p>`;
  const answers = Object.entries(operation.responses).map(([status, { description, content = {}, "x-message": message }]) => {
    const forms = Object.entries(content).map(([name, { schema }]) => contentHtml(name, dataOf(schema)));
    const told = message === undefined ? forms : [...forms, formHtml(message)];
    return `<tr><td>${escaped(status)}</td><td>${marked(description)}</td><td>${told.join("<br>")}</td></tr>`;
  });
  const table = parameters.length === 0 ? "" : `<table>${parameters.join("")}</table>`;
  return `<h3 id="${escaped(operation.operationId)}"><code>${method} ${escaped(path)}</code></h3><p>${marked(operation.summary)}</p>${table}${body}
<details><summary>answers</summary><table>${answers.join("")}</table></details>`;
}

function contentHtml(media: string, schema: Json | undefined): string {
  return `<code>${escaped(media)}</code>${schema === undefined ? "" : ` ${formHtml(schema)}`}`;
}

/** What is in the envelope, of an answer that is one. */
function dataOf(schema: Json | undefined): Json | undefined {
  const members = schema?.["properties"] as Record<string, Json> | undefined;
  return members?.["ok"] === undefined ? schema : members["data"];
}
