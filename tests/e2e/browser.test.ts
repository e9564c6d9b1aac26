import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { withService } from "../support/services.ts";

const root = join(import.meta.dirname, "..", "..");
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const skip = !existsSync(CHROMIUM) && `there is no ${CHROMIUM}: what browsers see is not tested`;
let browser: Browser | null = null;

before(async () => {
  if (skip === false) browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
});

after(() => browser?.close());

/** A page of the browser; what its console complains of, and where it asked. */
async function opened(): Promise<{ readonly page: Page; readonly errors: string[]; readonly asked: string[] }> {
  const page = await (browser as Browser).newPage();
  const errors: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  return { page, errors, asked };
}

test("a browser shows the operations, without an error and without asking elsewhere", { skip }, async () => {
  await withService(async ({ url, service }) => {
    const { page, errors, asked } = await opened();
    const answer = await page.goto(`${url}/docs`);
    assert.equal(answer?.status(), 200);
    assert.equal(await page.locator("h3").count(), service.routes.length);
    const submit = page.locator("#submitDelta");
    assert.equal(await submit.isVisible(), true);
    const details = page.locator("#submitDelta ~ details").first();
    assert.equal(await details.locator("table").isVisible(), false);
    await details.locator("summary").click();
    assert.equal(await details.locator("table").isVisible(), true);
    await page.getByRole("link", { name: "write", exact: true }).click();
    assert.equal(new URL(page.url()).hash, "#write");
    const background = await page.evaluate("getComputedStyle(document.body).maxWidth");
    assert.equal(background, "960px");
    assert.deepEqual(
      errors.filter((error) => !/favicon/.test(error)),
      [],
    );
    assert.deepEqual(
      asked.filter((one) => !one.startsWith(url)),
      [],
    );
    await page.close();
  });
});

test("an EventSource of a browser is told compressed, event for event, and sees the end", { skip }, async () => {
  const seen: { coding: string | null; events: string[] } = { coding: null, events: [] };
  let told: Promise<unknown> = Promise.resolve();
  await withService(async ({ url, submit }) => {
    const { page } = await opened();
    page.on("response", async (answer) => {
      if (answer.url().includes("/v1/events")) seen.coding = (await answer.allHeaders())["content-encoding"] ?? null;
    });
    await page.goto(`${url}/v1/commits`);
    await page.exposeFunction("tell", (text: string) => seen.events.push(text));
    await page.evaluate(LISTEN);
    for (let id = 1; id <= 40; id += 1) await submit({ assert: { customer: [[`c${id}`, id]] } });
    await page.waitForFunction("window.last === '41'");
    told = page.waitForFunction("window.hasClosed").then(() => page.close());
  });
  await told;
  assert.equal(seen.coding, "gzip");
  assert.deepEqual(seen.events, ["1", ...Array.from({ length: 40 }, (_, at) => String(at + 2)), "closing"]);
});

const LISTEN = `new Promise((resolve) => {
  const source = new EventSource("/v1/events?topic=commits");
  const take = (event) => { window.last = event.lastEventId; window.tell(event.lastEventId); resolve(); };
  source.addEventListener("snapshot", take);
  source.addEventListener("commit", take);
  source.addEventListener("closing", () => { source.close(); window.tell("closing"); window.hasClosed = true; });
})`;

const PAGE = `<!doctype html><meta charset="utf-8"><title>client</title>
<script type="importmap">{"imports": {"apache-arrow": "/node_modules/apache-arrow/Arrow.dom.mjs", "tslib": "/node_modules/tslib/tslib.es6.mjs", "flatbuffers": "/node_modules/flatbuffers/mjs/flatbuffers.js"}}</script>`;

const SCRIPT = `(async () => {
  const { connect } = await import("/api/notebook/client.ts");
  const assay = connect(location.origin);
  const refused = await assay.submit({ proposer: "browser", assert: { order: [[1, "nobody", 5]] } });
  const seen = [];
  for await (const event of assay.subscribe({ topic: "relation", relation: "customer" })) {
    seen.push(event.event);
    if (seen.length === 2) break;
    await assay.submit({ proposer: "browser", assert: { customer: [["a", 2n ** 53n + 1n]] } });
  }
  const table = await assay.query("?- customer(n, c).");
  return { law: refused.violations[0].law, seen, row: [table.getChild("n").get(0), String(table.getChild("c").get(0))] };
})()`;

/** The client's sources and what they import, as a browser takes them, beside the service at `url`. */
async function besideService(url: string, run: (origin: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://x").pathname);
    if (path.startsWith("/v1/")) void forwarded(`${url}${request.url}`, request, response);
    else if (path === "/") response.setHeader("content-type", "text/html").end(PAGE);
    else sendSource(path, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function sendSource(path: string, response: ServerResponse): void {
  const file = join(root, path);
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const text = readFileSync(file, "utf8");
  response.setHeader("content-type", "text/javascript").end(path.endsWith(".ts") ? stripTypeScriptTypes(text) : text);
}

async function forwarded(to: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: Buffer[] = [];
  for await (const chunk of request) body.push(chunk as Buffer);
  const headers = new Headers(
    Object.entries(request.headers as Readonly<Record<string, string>>).filter(([name]) =>
      /^(accept|content-type|last-event-id)$/.test(name),
    ),
  );
  const method = request.method ?? "GET";
  const answer = await fetch(to, { method, headers, ...(method === "GET" ? {} : { body: Buffer.concat(body) }) });
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
  try {
    for await (const chunk of answer.body ?? []) response.write(chunk);
  } catch {
    response.destroy();
  }
  response.end();
}

test("the client's sources run in a browser: submit, subscribe, query", { skip }, async () => {
  await withService(async ({ url }) => {
    await besideService(url, async (origin) => {
      const { page, errors } = await opened();
      await page.goto(origin);
      const said = await page.evaluate(SCRIPT);
      assert.deepEqual(said, { law: "shop.customer", seen: ["snapshot", "change"], row: ["a", "9007199254740993"] }, errors.join("\n"));
      await page.close();
    });
  });
});
