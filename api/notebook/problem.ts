/** What the service answered in place of what was asked: a problem document (RFC 9457). `code` is stable, see `/problems`. */
export class AssayProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly help: string | null;
  /** After how many seconds the same request may succeed; null where nothing says so. */
  readonly retryAfter_s: number | null;

  private constructor(status: number, code: string, detail: string, help: string | null, retryAfter_s: number | null) {
    super(`${code}: ${detail}`);
    this.name = "AssayProblem";
    this.status = status;
    this.code = code;
    this.help = help;
    this.retryAfter_s = retryAfter_s;
  }

  /** The problem that an answer tells; an answer that is no problem document, as a proxy's, has the code `http.STATUS`. */
  static async of(answer: Response): Promise<AssayProblem> {
    const text = await answer.text();
    const wait = Number(answer.headers.get("retry-after") ?? Number.NaN);
    const { code, detail, help } = errorOf(text) ?? { code: `http.${answer.status}`, detail: text.slice(0, 200), help: null };
    return new AssayProblem(answer.status, code, detail, help, Number.isNaN(wait) ? null : wait);
  }
}

interface Told {
  readonly code: string;
  readonly detail: string;
  readonly help: string | null;
}

function errorOf(text: string): Told | null {
  try {
    return (JSON.parse(text) as { readonly error?: Told }).error ?? null;
  } catch {
    return null;
  }
}
