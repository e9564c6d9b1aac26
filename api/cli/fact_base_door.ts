import { userInfo } from "node:os";
import { FactBase } from "../../verify/fact_base.ts";
import type { Door } from "./door.ts";
import { type BaseOptions, factBaseOptions } from "./options.ts";

/** Opens the fact base in `path` by a command's options, lets `action` use it and closes it. */
export async function withFactBase<T>(door: Door, path: string, options: BaseOptions, action: (base: FactBase) => Promise<T>): Promise<T> {
  const base = await FactBase.open(path, factBaseOptions(door.clock, options));
  try {
    return await action(base);
  } finally {
    await base.close();
  }
}

/** Who proposes where nobody is named: the account's name. */
export function accountName(): string {
  return userInfo().username;
}
