import pl from "nodejs-polars";

/** A table of texts, as doors read and print them. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function toFrame({ columns, rows }: TextTable): pl.DataFrame {
  const series = columns.map((name, at) => {
    const values = rows.map((row) => row[at] ?? "");
    return [name, pl.Series(name, values, pl.Utf8)] as const;
  });
  return pl.DataFrame(Object.fromEntries(series));
}

/** The first rows of a frame of texts, in ascending order; all of them where `count` is absent. */
export function fromFrame(frame: pl.DataFrame, count?: number): TextTable {
  const sorted = frame.height === 0 ? frame : frame.sort(frame.columns);
  return { columns: frame.columns, rows: (count === undefined ? sorted : sorted.head(count)).rows() as string[][] };
}

/** A frame as an Arrow stream whose memory is nobody else's, so that it can be moved. */
export function toStream(frame: pl.DataFrame): Uint8Array {
  return new Uint8Array(frame.writeIPCStream());
}

export function fromStream(bytes: Uint8Array): pl.DataFrame {
  return pl.readIPCStream(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
