import type { QuerySource } from "./query.ts";

export interface ExplainRequest {
  readonly atom: string;
}

export interface Explanation {
  readonly atom: string;
}

export async function explainIn(_source: QuerySource, request: ExplainRequest): Promise<Explanation> {
  return request;
}
