import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Place } from "../../schema/place.ts";

/**
 * What became of a piece of text: its facts were committed at once (`accepted`) or after refusals (`repaired`), it held none (`nothing`), its
 * facts stayed unlawful (`refused`), the model failed, or somebody cancelled.
 */
export type PieceState = "accepted" | "repaired" | "nothing" | "refused" | "failed" | "cancelled";

/** Why an answer was not accepted: a law, or a code where it came to none. */
export interface Reason {
  readonly law: string;
  readonly message: string;
  readonly place: Place | null;
}

export interface ExtractedAttempt {
  readonly round: number;
  readonly answer: string | null;
  /** As on record: accepted, refused, undecided, rejected, unchanged or interrupted. */
  readonly verdict: string;
  readonly reasons: readonly Reason[];
  /** Reasons that are not listed. */
  readonly more: number;
}

export interface ExtractedPiece {
  /** The piece's first and last line in its file. */
  readonly lines: readonly [from: number, to: number];
  readonly text: string;
  readonly state: PieceState;
  /** The job on record; null where none began. */
  readonly job: string | null;
  /** Whether an earlier job of the same input answered, without the model. */
  readonly receipt: boolean;
  readonly attempts: readonly ExtractedAttempt[];
  /** Facts of the delta that was committed. */
  readonly facts: number;
  readonly commit: number | null;
  readonly error: ErrorReport | null;
}

export interface ExtractedFile {
  readonly file: string;
  /** Why its text could not be read. */
  readonly error: ErrorReport | null;
  readonly pieces: readonly ExtractedPiece[];
}

export type Counts = Readonly<Record<PieceState | "pieces" | "facts" | "receipts" | "unread", number>>;

/** Pieces by what became of them, the facts committed for them, pieces that a receipt answered, and files that could not be read. */
export function countsOf(files: readonly ExtractedFile[]): Counts {
  const pieces = files.flatMap((file) => file.pieces);
  const of = (state: PieceState): number => pieces.filter((piece) => piece.state === state).length;
  return {
    pieces: pieces.length,
    accepted: of("accepted"),
    repaired: of("repaired"),
    nothing: of("nothing"),
    refused: of("refused"),
    failed: of("failed"),
    cancelled: of("cancelled"),
    facts: pieces.reduce((sum, { facts }) => sum + facts, 0),
    receipts: pieces.filter(({ receipt }) => receipt).length,
    unread: files.filter(({ error }) => error !== null).length,
  };
}

/**
 * 1 where a text stayed unlawful or unread and was not set aside; 2 where a job came to no verdict, or no fact was committed at all; else 0.
 */
export function exitOfExtraction({ refused, unread, failed, cancelled, accepted, repaired }: Counts, isSetAside: boolean): 0 | 1 | 2 {
  if (refused + unread > 0 && !isSetAside) return 1;
  return failed + cancelled > 0 || accepted + repaired === 0 ? 2 : 0;
}
