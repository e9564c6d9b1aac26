import { answerText } from "../answer.ts";
import { docsPage } from "../docs_page.ts";
import { openApiOf } from "../openapi.ts";
import { type Route, route } from "../route.ts";

const HTML = "text/html; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

/** The service about itself. Nothing of it comes from elsewhere: it reads the same without a network. */
export function aboutRoutes(others: readonly Route[], version: string): Route[] {
  const all = (): readonly Route[] => [...others, ...own];
  let document: string | null = null;
  let page: string | null = null;
  const own: Route[] = [
    route({
      method: "GET",
      path: "/openapi.json",
      id: "openapi",
      tag: "about",
      summary: "this document",
      answers: { 200: { description: "OpenAPI 3.1", media: [JSON_TYPE] } },
      handle() {
        document ??= JSON.stringify(openApiOf(all(), version));
        return answerText(JSON_TYPE, document);
      },
    }),
    route({
      method: "GET",
      path: "/docs",
      id: "docs",
      tag: "about",
      summary: "the operations, for people",
      answers: { 200: { description: "a page", media: [HTML] } },
      handle() {
        page ??= docsPage(openApiOf(all(), version));
        return answerText(HTML, page, { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'" });
      },
    }),
  ];
  return own;
}
