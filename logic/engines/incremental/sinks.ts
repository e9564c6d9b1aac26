import type { GroupState } from "./group_state.ts";
import type { IntList } from "./int_list.ts";
import { compileSource, range } from "./key_code.ts";
import { QUEUED, type Table, TOUCHED, VISIBLE } from "./table.ts";

/** A function that takes the cells of a head and a sign. */
export type Emit = (...cells: readonly number[]) => void;

/** Adds to the number of a tuple's derivations. */
export function countSink(table: Table): Emit {
  return headFunction(
    table,
    `if (T.logged && (T.states[row] & ${TOUCHED}) === 0) T.touch(row);
     T.counts[row] += sign;`,
    {},
  );
}

/** Queues tuples that are not there, once each. */
export function arrivalSink(table: Table, arrivals: IntList): Emit {
  return headFunction(
    table,
    `if ((T.states[row] & ${VISIBLE | QUEUED}) !== 0) return;
     T.touch(row);
     T.states[row] |= ${QUEUED};
     Q.push(row);`,
    { Q: arrivals },
  );
}

/** Queues tuples that are there and may have lost their derivation, and those that may have won one. */
export function candidateSink(table: Table, departures: IntList, arrivals: IntList): Emit {
  return headFunction(
    table,
    `if (((T.states[row] & ${VISIBLE}) !== 0) !== (sign < 0)) { T.touch(row); return; }
     if ((T.states[row] & ${QUEUED}) !== 0) return;
     T.touch(row);
     T.states[row] |= ${QUEUED};
     (sign < 0 ? Q : A).push(row);`,
    { Q: departures, A: arrivals },
  );
}

/** The tuple whose derivations are followed, by its place in the order in which the tuples of a recursion came. */
export interface Follow {
  rank: number;
}

/** Queues tuples that came after the one that is followed, so that their derivation may rest on it. */
export function departureSink(table: Table, departures: IntList, follow: Follow, order: { readonly ranks: Int32Array }): Emit {
  const keys = range(table.types.length).map((at) => `k${at}`);
  const source = `return function (${[...keys, "sign"].join(", ")}) {
    const row = find(${["T", ...keys].join(", ")});
    if (row < 0 || (T.states[row] & ${VISIBLE | QUEUED}) !== ${VISIBLE} || O.ranks[row] <= F.rank) return;
    T.touch(row);
    T.states[row] |= ${QUEUED};
    Q.push(row);
  };`;
  return compileSource<Emit>(source, { T: table, find: table.code.find, Q: departures, F: follow, O: order });
}

/** Adds a member to its group, or takes it away; `outer` columns of the head name the group, the next one is the value. */
export function memberSink(group: GroupState, width: number): Emit {
  const outer = group.node.outer.length;
  const keys = range(width).map((at) => `k${at}`);
  const source = `return function (${[...keys, "sign"].join(", ")}) {
    const row = obtain(${["T", ...keys.slice(0, outer)].join(", ")});
    G.admit(row);
    G.add(row, ${keys[outer] ?? "0"}, sign);
  };`;
  return compileSource<Emit>(source, { T: group.table, obtain: group.table.code.obtain, G: group });
}

/** Counts a member that failed: the outer cells, the failure, the sign. */
export function memberFailureSink(group: GroupState): Emit {
  const keys = range(group.node.outer.length).map((at) => `k${at}`);
  const source = `return function (${[...keys, "code", "sign"].join(", ")}) {
    const row = obtain(${["T", ...keys].join(", ")});
    G.admit(row);
    G.fail(row, code, sign);
  };`;
  return compileSource<Emit>(source, { T: group.table, obtain: group.table.code.obtain, G: group });
}

function headFunction(table: Table, body: string, environment: Readonly<Record<string, unknown>>): Emit {
  const keys = range(table.types.length).map((at) => `k${at}`);
  const source = `return function (${[...keys, "sign"].join(", ")}) {
    const row = obtain(${["T", ...keys].join(", ")});
    ${body}
  };`;
  return compileSource<Emit>(source, { T: table, obtain: table.code.obtain, ...environment });
}
