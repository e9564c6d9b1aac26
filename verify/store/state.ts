import { type Theory, theoryOf } from "../../logic/theory.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import { type BaseState, GENESIS, inForceOf } from "../in_force.ts";

/** The state of a fact base as its tables have it. */
export async function readState(session: SqlSession): Promise<BaseState> {
  const last = (await session.rows("SELECT seq, hash FROM assay.entry ORDER BY seq DESC LIMIT 1"))[0];
  const head = Number(last?.[0] ?? 0);
  const waivers = await session.rows("SELECT fingerprint, law FROM assay.waiver WHERE commit_to IS NULL");
  return {
    head,
    headHash: last === undefined ? GENESIS : String(last[1]),
    inForce: await inForceOf(await readTheoriesAt(session, head)),
    waived: new Map(waivers.map(([fingerprint, law]) => [String(fingerprint), String(law)])),
  };
}

/** The theories in force as of a commit, made anew from their stored texts. Errors: `store.theory_altered`. */
export async function readTheoriesAt(session: SqlSession, commit: number): Promise<Theory[]> {
  const rows = await session.rows(
    `SELECT t.hash, f.path, f.body FROM assay.theory AS t JOIN assay.theory_file AS f ON f.hash = t.hash
     WHERE t.commit_from <= ${commit} AND (t.commit_to IS NULL OR ${commit} < t.commit_to) ORDER BY t.name, f.path`,
  );
  const files = new Map<string, Map<string, string>>();
  for (const [hash, path, body] of rows) {
    const theory = files.get(String(hash)) ?? new Map<string, string>();
    theory.set(String(path), String(body));
    files.set(String(hash), theory);
  }
  return [...files].map(([hash, texts]) => {
    const theory = theoryOf(texts);
    if (theory.hash === hash) return theory;
    throw new AssayError("store.theory_altered", `the stored text of the theory \`${theory.name}\` is not the text that was loaded`);
  });
}
