import type { Json } from "./openapi.ts";

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly description?: string }[];
  readonly requestBody?: { readonly content: Json };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Json }>>;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; }
h3 code { font-size: 1rem; }
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
<nav>${links} · <a href="/openapi.json">OpenAPI</a> · <a href="/problems">errors</a></nav>${sections.join("")}</body></html>`;
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
    ({ name, in: where, required, description = "" }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${where}${required ? ", required" : ""}</td><td>${marked(description)}</td></tr>`,
  );
  const media = Object.keys(operation.requestBody?.content ?? {});
  const body = media.length === 0 ? "" : `<p>Body: ${media.map((name) => `<code>${escaped(name)}</code>`).join(", ")}</p>`;
  const answers = Object.entries(operation.responses).map(([status, { description, content = {} }]) => {
    const forms = Object.keys(content).map((name) => `<code>${escaped(name)}</code>`);
    return `<tr><td>${escaped(status)}</td><td>${marked(description)}</td><td>${forms.join(" ")}</td></tr>`;
  });
  const table = parameters.length === 0 ? "" : `<table>${parameters.join("")}</table>`;
  return `<h3 id="${escaped(operation.operationId)}"><code>${method} ${escaped(path)}</code></h3><p>${marked(operation.summary)}</p>${table}${body}
<details><summary>answers</summary><table>${answers.join("")}</table></details>`;
}

/** Text with its backticks as code. */
function marked(text: string): string {
  return escaped(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
