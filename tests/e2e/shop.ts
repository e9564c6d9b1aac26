import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MANIFEST = '[theory]\nname = "shop"\nversion = "1.0.0"\ndescription = "orders and their customers"\n';

const PROGRAM = `
/// @key(id)
.decl customer(id:symbol, country:symbol)
.input customer

/// @key(id)
.decl order(id:symbol, customer:symbol, total:number)
.input order

/// @law shop.customer error "order {id} names customer {customer}, who does not exist"
.decl orphan(id:symbol, customer:symbol)
orphan(id, c) :- order(id, c, _), !customer(c, _).

/// @law shop.large warn "order {id} is large: {total}"
.decl large(id:symbol, total:number)
large(id, t) :- order(id, _, t), t > 1000.

.decl spent(customer:symbol, total:number)
spent(c, t) :- customer(c, _), t = sum x : { order(_, c, x) }.
`;

export const CUSTOMERS = "id,country\nc1,DE\nc2,FR\n";
export const ORDERS = "id,customer,total\no1,c1,100\no2,c2,250\n";

/** Writes the theory `shop` into `folder`/shop, with files of facts beside it, and returns the theory's path. */
export function writeShop(folder: string, files: Readonly<Record<string, string>> = {}): string {
  const theory = join(folder, "shop");
  write(folder, { "shop/theory.toml": MANIFEST, "shop/shop.dl": PROGRAM, "customer.csv": CUSTOMERS, "order.csv": ORDERS, ...files });
  return theory;
}

/** Writes files by their paths under `folder`. */
export function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
