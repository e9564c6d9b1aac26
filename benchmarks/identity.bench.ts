/**
 * Question: what do a million version 5 UUIDs of 40-byte names cost on one core?
 * Hypothesis: four names at once in SIMD lanes beat a call a name, OpenSSL's included, and the package `uuid` by far.
 * Peers in the same run: the package `uuid` in a loop, Node's `crypto.hash`, DuckDB's SQL macro on one thread; `openssl speed -evp sha1`
 * over 64-byte messages, which is one block fewer than a namespace and a name of 40 bytes take.
 * Argument: the count of names, 1000000 where none is given.
 */
import { spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { v5 } from "uuid";
import { DNS_NAMESPACE } from "../compute/identity/namespace.ts";
import { IDENTITY_MACROS } from "../compute/identity/sql_macro.ts";
import { uuidText } from "../compute/identity/uuid_text.ts";
import { uuid5Column } from "../compute/identity/uuid5.ts";
import { openMemory } from "../verify/store/duckdb_session.ts";
import { measure, median, printMeasured } from "./measure.ts";

const ROUNDS = 5;
const NAME_BYTES = 40;
const count = Number(process.argv[2] ?? 1_000_000);
const names = Array.from({ length: count }, (_, row) => String(row).padStart(NAME_BYTES, "k"));
const column = { bytes: Buffer.from(names.join("")), offsets: Int32Array.from({ length: count + 1 }, (_, row) => row * NAME_BYTES) };
const namespace = uuidText(DNS_NAMESPACE);

const session = await openMemory({ threads: "1" });
for (const macro of IDENTITY_MACROS) await session.run(macro);
await session.run(`CREATE TABLE names AS SELECT lpad(range::VARCHAR, ${NAME_BYTES}, 'k') AS name FROM range(${count})`);

const ids = uuid5Column(DNS_NAMESPACE, column);
for (let row = 0; row < count; row += 997) {
  if (uuidText(ids.subarray(row * 16, row * 16 + 16)) !== v5(names[row] ?? "", namespace)) throw new Error(`row ${row} differs`);
}

const contenders = {
  assay: async () => uuid5Column(DNS_NAMESPACE, column),
  "package uuid, a loop": async () => names.map((name) => v5(name, namespace)),
  "node:crypto, digests only": async () => names.map((name) => hash("sha1", name, "buffer")),
  "DuckDB macro, one thread": () => session.run(`CREATE OR REPLACE TEMP TABLE ids AS SELECT uuid5('${namespace}', name) FROM names`),
};
printMeasured(`${count} ids of ${NAME_BYTES}-byte names`, await measure(contenders, ROUNDS), "assay");

/** Millions of messages of 64 bytes that OpenSSL hashes in a second; null where it is not on this machine. */
function opensslMillions(): number | null {
  const { stdout, status } = spawnSync("openssl", ["speed", "-elapsed", "-evp", "sha1", "-bytes", "64", "-seconds", "1"], {
    encoding: "utf8",
  });
  const [, kilobytes] = /sha1\s+([\d.]+)k/i.exec(stdout ?? "") ?? [];
  return status === 0 && kilobytes !== undefined ? (Number(kilobytes) * 1000) / 64 / 1e6 : null;
}

// In turn, a second each: OpenSSL's own loop, and ours over the same names until a second is over.
const [theirs, mine]: [number[], number[]] = [[], []];
for (let round = 0; round <= ROUNDS; round++) {
  const hashed = opensslMillions();
  if (hashed === null) break;
  const started = performance.now();
  let made = 0;
  for (; performance.now() - started < 1000; made += count) uuid5Column(DNS_NAMESPACE, column);
  if (round === 0) continue;
  theirs.push(hashed);
  mine.push(made / (performance.now() - started) / 1000);
}
if (theirs.length === 0) process.stdout.write("openssl: not on this machine, left out\n");
else {
  const [peer, own] = [median(theirs), median(mine)];
  process.stdout.write(
    `\n  openssl: ${peer.toFixed(2)} M messages of 64 bytes a second; assay: ${own.toFixed(2)} M ids, ${(own / peer).toFixed(2)} x\n`,
  );
}
session.close();
