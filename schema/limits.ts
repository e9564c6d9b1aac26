/** One bound of the system: a value, its unit and why it stands where it does. */
export interface Limit {
  readonly value: number;
  readonly unit: string;
  readonly reason: string;
}

/** Every bound there is. Names are stable: `--limit rows_derived=1000` and `[limits]` in theory.toml override by name. */
export const limits = {
  rows_derived: { value: 50_000_000, unit: "rows", reason: "one relation's derived rows: about 1 GB of two 64-bit columns" },
  rounds: {
    value: 100_000,
    unit: "rounds",
    reason: "semi-naive rounds of one stratum; a chain that long is data, past it a rule most likely derives without end",
  },
  verdict_ms: { value: 600_000, unit: "milliseconds", reason: "one verdict, so that a gate in a pipeline always answers" },
  memory_mb: { value: 8_192, unit: "megabytes", reason: "DuckDB's buffer memory; larger work spills to disk" },
  engine_mb: {
    value: 8_192,
    unit: "megabytes",
    reason: "the arrays of the incremental engine, which live in memory: about 200 M facts of three columns",
  },
  clingo_ms: { value: 60_000, unit: "milliseconds", reason: "one run of clingo, whose search may take exponential time" },
  clingo_mb: { value: 1_024, unit: "megabytes", reason: "memory of one run of clingo; WebAssembly ends at 2,048" },
  clingo_facts: {
    value: 250_000,
    unit: "facts",
    reason: "facts of one slice given to clingo, which takes 4 microseconds and half a kilobyte for each",
  },
  clingo_runs: { value: 1_000, unit: "runs", reason: "runs spent on one clash to find which of its facts and rules matter" },
  wal_mb: {
    value: 256,
    unit: "megabytes",
    reason: "commits in DuckDB's write-ahead log before it writes them to their places; opening after a crash reads about 200 MB a second",
  },
  group_deltas: { value: 4_096, unit: "deltas", reason: "deltas that share one transaction; the first of them waits for the last" },
  group_rows: { value: 100_000, unit: "rows", reason: "rows of the deltas that share one transaction, where they are several" },
  repair_rounds: { value: 200, unit: "rounds", reason: "candidates tried for one list of repairs, each judged like a delta" },
  whatif_refusals: { value: 10_000, unit: "deltas", reason: "refused deltas that a changed theory judges again, the latest first" },
  delta_rows: { value: 2_000_000, unit: "rows", reason: "rows of one delta, which is hashed and kept whole" },
  delta_bytes: { value: 512 * 1024 * 1024, unit: "bytes", reason: "one delta in its RFC 8785 form" },
  symbol_bytes: {
    value: 1024 * 1024,
    unit: "bytes",
    reason: "one symbol in UTF-8; larger content belongs in a file whose digest is the fact",
  },
  csv_record_bytes: { value: 16 * 1024 * 1024, unit: "bytes", reason: "one CSV record; a longer one is most likely a quote never closed" },
  json_line_bytes: { value: 64 * 1024 * 1024, unit: "bytes", reason: "one NDJSON line, which is parsed in memory" },
  json_bytes: { value: 256 * 1024 * 1024, unit: "bytes", reason: "one JSON document, which is parsed in memory" },
  json_depth: { value: 200, unit: "levels", reason: "nesting of a JSON document; real ones stay under 30" },
  program_bytes: { value: 4 * 1024 * 1024, unit: "bytes", reason: "one program file" },
  program_depth: { value: 200, unit: "levels", reason: "nesting of terms and formulas, which are read recursively" },
  number_digits: { value: 1_000, unit: "characters", reason: "one number literal; a 64-bit value needs at most 66" },
  program_files: { value: 1_000, unit: "files", reason: "files reached by includes" },
  rules_expanded: { value: 10_000, unit: "rules", reason: "rules after disjunctions and pools are written out" },
  rule_literals: { value: 1_000, unit: "literals", reason: "literals of one rule, which an engine joins in one statement" },
  aggregate_depth: { value: 8, unit: "levels", reason: "aggregates inside aggregates; each level may repeat the SQL of the one around it" },
  rule_sql_bytes: {
    value: 256 * 1024,
    unit: "bytes",
    reason: "one expression as SQL, its variables substituted; written by hand it stays under 1 kB",
  },
  union_members: { value: 256, unit: "types", reason: "members of one union type, each of which every use is held against" },
  attributes: { value: 256, unit: "attributes", reason: "attributes of one relation" },
  diagnostics: { value: 1_000, unit: "diagnostics", reason: "diagnostics of one run; past it the file is not a program" },
  violations_page: { value: 1_000, unit: "violations", reason: "violations in one answer; the rest is paged" },
  explain_depth: { value: 64, unit: "levels", reason: "height of a printed proof" },
  explain_nodes: { value: 10_000, unit: "nodes", reason: "nodes of a printed proof" },
  explain_members: { value: 20, unit: "members", reason: "members of one aggregate's group in a proof or a violation; its size is told" },
  compute_ms: { value: 600_000, unit: "milliseconds", reason: "one pipeline's work in worker threads" },
  compute_mb: { value: 4_096, unit: "megabytes", reason: "the heap of one worker thread of a pipeline; tables lie outside of it" },
  model_jobs: { value: 10_000, unit: "jobs", reason: "jobs that wait for a model; a longer queue only makes all of them wait longer" },
  model_mb: {
    value: 16_384,
    unit: "megabytes",
    reason: "data of the process that holds models: weights of some 20 billion parameters at 4 bits",
  },
  model_ms: { value: 600_000, unit: "milliseconds", reason: "one answer of a model" },
  model_tokens: {
    value: 32_768,
    unit: "tokens",
    reason: "one answer of a model, whatever its job allows; a grammar may admit endless ones",
  },
  endpoint_bytes: {
    value: 16 * 1024 * 1024,
    unit: "bytes",
    reason: "one answer of an endpoint, whose stream takes some 300 bytes a token",
  },
  piece_characters: {
    value: 2_000,
    unit: "characters",
    reason: "one piece of a text that facts are extracted from: a page of a book, some 500 tokens of English",
  },
  prompt_objections: {
    value: 8,
    unit: "objections",
    reason: "violations, and as many repairs, that a model is told of its refused answer; the others are counted",
  },
  prompt_characters: {
    value: 300,
    unit: "characters",
    reason: "one violation, one repair, or the known values of one attribute, as a model is told them",
  },
  prompt_answer: { value: 3_000, unit: "characters", reason: "a refused answer as its model is shown it again" },
  prompt_facts: { value: 100, unit: "rows", reason: "rows of one query's answer that a model is shown; that there are more is told" },
  known_values: {
    value: 500,
    unit: "values",
    reason: "values that an answer's attribute is held to by the grammar, which tries all of them at every token",
  },
  fiber_cells: { value: 4 * 1024 * 1024, unit: "cells", reason: "cells of one table of a fiber: 2,048 elements by 2,048" },
  fiber_elements: {
    value: 65_536,
    unit: "elements",
    reason: "elements of one fiber, the down-sets of its points; its tables hold their square",
  },
  key_bytes: { value: 1024 * 1024 * 1024, unit: "bytes", reason: "encoded keys of one column of entities, addressed by 32-bit offsets" },
  step_histories: {
    value: 100_000,
    unit: "histories",
    reason: "histories that one stream of steps brings; of steps that all commute there are 2 to their number",
  },
  res_terms: { value: 100_000, unit: "terms", reason: "one relation expression with its definitions written out" },
  text_bytes: {
    value: 64 * 1024 * 1024,
    unit: "bytes",
    reason: "a key, a proof or an attestation, each read at once; real ones stay under 1 MB",
  },
  chain_links: { value: 1_000_000, unit: "links", reason: "links of one attestation chain and commits of its repository" },
  git_ms: { value: 120_000, unit: "milliseconds", reason: "one run of git over a repository's history" },
  report_testcases: {
    value: 200_000,
    unit: "test cases",
    reason: "laws times documents in one JUnit file, some 40 MB; past it laws that hold have one case for all documents",
  },
  report_violations: { value: 250_000, unit: "violations", reason: "violations in one report, which is put together in memory" },
  alloy_bytes: {
    value: 32 * 1024 * 1024,
    unit: "bytes",
    reason: "one proof document, which is parsed in memory; published ones stay under 20 kB",
  },
  alloy_values: {
    value: 200_000,
    unit: "values",
    reason: "values of one proof document, each of which is a fact; published ones hold under 300",
  },
  alloy_documents: { value: 200_000, unit: "documents", reason: "proof documents of one run, whose texts stay in memory for their places" },
  alloy_facts: {
    value: 30_000_000,
    unit: "facts",
    reason: "facts read from the proof documents of one run: about 2 GB before they reach DuckDB",
  },
  artifact_files: { value: 100_000, unit: "files", reason: "files of one data set, listed and hashed" },
  body_bytes: { value: 256 * 1024 * 1024, unit: "bytes", reason: "one request's body, which is held in memory" },
  upload_bytes: { value: 16 * 1024 * 1024 * 1024, unit: "bytes", reason: "one uploaded file, which waits on disk while it is read" },
  batch_deltas: { value: 10_000, unit: "deltas", reason: "deltas of one request, whose verdicts are one answer" },
  verdicts_waiting: {
    value: 4_096,
    unit: "deltas",
    reason: "deltas that wait for their verdict; a longer queue only makes all of them wait longer",
  },
  queries_running: { value: 8, unit: "queries", reason: "queries at once: each may take a thread of DuckDB's pool" },
  query_ms: { value: 60_000, unit: "milliseconds", reason: "one query over the network, which nobody may be waiting for any more" },
  page_rows: { value: 10_000, unit: "rows", reason: "rows of one page of JSON; the rest is behind its cursor" },
  agent_rows: { value: 200, unit: "rows", reason: "rows, laws or violations of one answer to an agent, which reads all that it is given" },
  agent_characters: { value: 60_000, unit: "characters", reason: "one answer to an agent: about 15,000 tokens of a model's context" },
  stall_ms: { value: 30_000, unit: "milliseconds", reason: "how long a client may take nothing of a stream before it is given up" },
  header_ms: { value: 20_000, unit: "milliseconds", reason: "how long a connection may take over a request's headers" },
  request_ms: {
    value: 600_000,
    unit: "milliseconds",
    reason: "how long a request may take to arrive; a slow upload of a large file takes minutes",
  },
  requests_a_second: { value: 50_000, unit: "requests", reason: "requests of one principal in one second" },
  auth_failures_a_minute: {
    value: 100,
    unit: "requests",
    reason: "requests of one address that may fail to say who sends them: a client that is set up wrongly, not one that guesses",
  },
  credential_bytes: {
    value: 16 * 1024,
    unit: "bytes",
    reason: "one credential in a request's headers, which Node bounds at about as much",
  },
  token_deeds: {
    value: 10_000,
    unit: "facts",
    reason: "different facts of one delta that a capability token's checks look at, one by one",
  },
  token_ms: { value: 2_000, unit: "milliseconds", reason: "the checks of a capability token for one request, which its holder wrote" },
  policy_values: {
    value: 1_000_000,
    unit: "values",
    reason: "values of requests that the policy's engine has seen before its memory is made anew, so that it does not grow for ever",
  },
  keys_kept: {
    value: 100_000,
    unit: "keys",
    reason: "idempotency keys of refused deltas, kept in memory; those of commits are kept for ever",
  },
  jobs_kept: { value: 1_000, unit: "jobs", reason: "jobs that can be asked about after they ended" },
  live_clients: { value: 20_000, unit: "clients", reason: "connections that listen for events" },
  live_watches: { value: 1_000, unit: "watches", reason: "different relations, laws and queries kept up to date for subscribers" },
  live_rows: { value: 100_000, unit: "rows", reason: "rows of one subscription's snapshot" },
  live_recheck_ms: {
    value: 5_000,
    unit: "milliseconds",
    reason: "how long someone whose right is gone may go on listening: each credential in use is checked again so often",
  },
  live_queue_mb: { value: 64, unit: "megabytes", reason: "text of one topic's events that are kept for those who are behind" },
  live_queue: { value: 10_000, unit: "events", reason: "events a subscriber may be behind before it is cut off" },
  query_rows: { value: 1_000_000, unit: "rows", reason: "rows of one query's answer" },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

/** The bounds in force for one run, by name. */
export type Limits = { readonly [name in LimitName]: number };

/** The default of every bound, overridden where `overrides` names it. */
export function limitsWith(overrides: Partial<Limits> = {}): Limits {
  const defaults = Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, limit.value])) as Record<LimitName, number>;
  return { ...defaults, ...overrides };
}
