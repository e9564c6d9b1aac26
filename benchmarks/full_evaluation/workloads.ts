/** A program whose one derived relation is computed from nothing, with its facts as SQL. */
export interface Workload {
  readonly name: string;
  readonly program: string;
  /** The derived relation. */
  readonly derived: string;
  /** Base relations and the SELECTs that make their facts, the same in every run. */
  readonly facts: Readonly<Record<string, string>>;
  /** The same by DuckDB's own recursion, or null where it has no words for it. */
  readonly byHand: string | null;
}

const closureNodes = 4000;
const closureEdges = 6000;

const closure: Workload = {
  name: `transitive closure, ${closureNodes} nodes, ${closureEdges} edges`,
  program: `.decl edge(a:number, b:number)
.input edge
.decl path(a:number, b:number)
.output path
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
`,
  derived: "path",
  facts: {
    edge: `SELECT DISTINCT (hash(i) % ${closureNodes})::BIGINT AS a, (hash(i + 1000000) % ${closureNodes})::BIGINT AS b FROM range(${closureEdges}) t(i)`,
  },
  byHand: `WITH RECURSIVE path(a, b) AS (SELECT a, b FROM edge UNION SELECT path.a, edge.b FROM path JOIN edge ON path.b = edge.a) SELECT count(*) FROM path`,
};

const treeDepth = 11;

const sameGeneration: Workload = {
  name: `same generation, binary tree of depth ${treeDepth}`,
  program: `.decl parent(p:number, c:number)
.input parent
.decl same(x:number, y:number)
.output same
same(x, y) :- parent(p, x), parent(p, y).
same(x, y) :- parent(p, x), same(p, q), parent(q, y).
`,
  derived: "same",
  facts: { parent: `SELECT i // 2 AS p, i AS c FROM range(2, ${2 ** (treeDepth + 1)}) t(i)` },
  byHand: `WITH RECURSIVE same(x, y) AS (SELECT a.c, b.c FROM parent a JOIN parent b ON a.p = b.p
    UNION SELECT a.c, b.c FROM same JOIN parent a ON a.p = same.x JOIN parent b ON b.p = same.y) SELECT count(*) FROM same`,
};

const variables = 4000;
const pairs = (count: number, seed: number): string =>
  `SELECT DISTINCT (hash(i * 10 + ${seed}) % ${variables})::BIGINT AS a, (hash(i * 10 + ${seed} + 5) % ${variables})::BIGINT AS b FROM range(${count}) t(i)`;

const pointsTo: Workload = {
  name: `points-to (Andersen), ${variables} variables, 5,000 assignments`,
  program: `.decl address_of(a:number, b:number)
.input address_of
.decl assign(a:number, b:number)
.input assign
.decl load(a:number, b:number)
.input load
.decl store(a:number, b:number)
.input store
.decl points_to(p:number, o:number)
.output points_to
points_to(p, o) :- address_of(p, o).
points_to(p, o) :- assign(p, q), points_to(q, o).
points_to(p, o) :- load(p, q), points_to(q, r), points_to(r, o).
points_to(r, o) :- store(p, q), points_to(p, r), points_to(q, o).
`,
  derived: "points_to",
  facts: { address_of: pairs(2000, 1), assign: pairs(5000, 2), load: pairs(20, 3), store: pairs(20, 4) },
  byHand: null,
};

export const workloads: readonly Workload[] = [closure, sameGeneration, pointsTo];
