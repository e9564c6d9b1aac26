import pl from "nodejs-polars";
import type { Alphabet } from "./alphabet.ts";
import { foataOf, foataText, type Layers, readWord } from "./foata.ts";

/** Histories as tables: `histories` (history, depth, height), one row a history; `layers` (history, layer, step), the schedule: within a layer at once, layers in turn. */
export interface HistoryFrames {
  readonly histories: pl.LazyDataFrame;
  readonly layers: pl.LazyDataFrame;
}

/**
 * The normal forms of a column of histories, each any word of its history as text. Words of one history become one row.
 * Errors: `machine.history`, `machine.unknown_step`.
 */
export function historyFrames(alphabet: Alphabet, words: pl.LazyDataFrame, column: string): HistoryFrames {
  const texts = words.select(column).unique().collectSync().getColumn(column).toArray() as readonly string[];
  const forms = new Map<string, Layers>();
  for (const text of texts) {
    const layers = foataOf(alphabet, readWord(alphabet, text));
    forms.set(foataText(alphabet, layers), layers);
  }
  const histories = [...forms.keys()].toSorted();
  const rows = histories.flatMap((history) =>
    (forms.get(history) ?? []).flatMap((layer, index) =>
      layer.map((letter) => [history, index + 1, alphabet.names[letter] ?? ""] as const),
    ),
  );
  return {
    histories: pl
      .DataFrame({
        history: pl.Series("history", histories, pl.Utf8),
        depth: pl.Series(
          "depth",
          histories.map((history) => forms.get(history)?.flat().length ?? 0),
          pl.Int64,
        ),
        height: pl.Series(
          "height",
          histories.map((history) => forms.get(history)?.length ?? 0),
          pl.Int64,
        ),
      })
      .lazy(),
    layers: pl
      .DataFrame({
        history: pl.Series(
          "history",
          rows.map(([history]) => history),
          pl.Utf8,
        ),
        layer: pl.Series(
          "layer",
          rows.map(([, layer]) => layer),
          pl.Int64,
        ),
        step: pl.Series(
          "step",
          rows.map(([, , step]) => step),
          pl.Utf8,
        ),
      })
      .lazy(),
  };
}
