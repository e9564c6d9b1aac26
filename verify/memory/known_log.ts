import { sha256 } from "../../schema/canonical.ts";
import type { LogRecord } from "../commit.ts";
import type { Writer } from "../settle.ts";
import { judgedOf } from "../store/group_records.ts";
import { KeptPlaces } from "./kept_places.ts";
import { KnownTexts } from "./known_texts.ts";

/** What a process knows of the log it writes, so that judging a delta that is new in every respect asks the database nothing. */
export class KnownLog {
  /** Ids of judged deltas. */
  readonly ids = new KnownTexts({ table: "assay.delta", digits: "substr(id, 8, 13)", digest: (id) => id });
  /** Idempotency keys of commits. */
  readonly keys = new KnownTexts({ table: "assay.idempotency", digits: "substr(sha256(key), 1, 13)", digest: sha256 });
  readonly places: KeptPlaces;

  constructor({ session, journal }: Pick<Writer, "session" | "journal">) {
    this.places = new KeptPlaces(session, journal);
  }

  /** Takes note of what was written, once it is on disk. */
  note(records: readonly LogRecord[]): void {
    this.ids.add(records.map((record) => judgedOf(record).id));
    this.keys.add(records.flatMap((record) => (record.kind === "commit" && record.accepted.key !== null ? [record.accepted.key] : [])));
    this.places.note(records);
  }
}
