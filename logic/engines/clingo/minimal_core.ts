/**
 * A part of `items` that still clashes and of which nothing can be left out; `clashes` says whether a part does, and the whole must.
 * Parts are tried by halves (QuickXplain, Junker 2004), then one by one, since leaving a fact out may also *make* a clash. Items that come
 * first are dropped last. After `budget.left` calls it stops and gives what it has got to.
 */
export async function minimalCore<T>(
  items: readonly T[],
  clashes: (part: readonly T[]) => Promise<boolean>,
  budget: { left: number },
): Promise<T[]> {
  const ask = async (part: readonly T[]): Promise<boolean> => {
    budget.left -= 1;
    return clashes(part);
  };
  const halved = budget.left > 0 && !(await ask([])) ? await explain([], [], items, ask, budget) : [];
  let core = await (halved.length === items.length || (await isClash(halved, ask, budget)) ? halved : [...items]);
  for (const item of [...core].reverse()) {
    if (budget.left <= 0) break;
    const less = core.filter((other) => other !== item);
    if (await ask(less)) core = less;
  }
  return core;
}

async function isClash<T>(part: readonly T[], ask: (part: readonly T[]) => Promise<boolean>, budget: { left: number }): Promise<boolean> {
  return budget.left > 0 && (await ask(part));
}

/** What of `open` is needed beside `given`; `added` was given last, and may clash already. */
async function explain<T>(
  given: readonly T[],
  added: readonly T[],
  open: readonly T[],
  ask: (part: readonly T[]) => Promise<boolean>,
  budget: { left: number },
): Promise<T[]> {
  if (budget.left <= 0) return [...open];
  if (added.length > 0 && (await ask(given))) return [];
  if (open.length <= 1) return [...open];
  const middle = Math.ceil(open.length / 2);
  const [first, second] = [open.slice(0, middle), open.slice(middle)];
  const right = await explain([...given, ...first], first, second, ask, budget);
  const left = await explain([...given, ...right], right, first, ask, budget);
  return [...left, ...right];
}
