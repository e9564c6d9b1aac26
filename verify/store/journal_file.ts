import { closeSync, constants, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { AssayError } from "../../schema/assay_error.ts";
import type { ErrorCode } from "../../schema/errors.ts";

/** Length of the text in bytes and its CRC-32, both little-endian, before each text. */
const HEAD_BYTES = 8;
/** Where this flag can be relied on, a write returns when its bytes are on the disk; elsewhere a call of its own sees to that. */
const SYNCED = process.platform === "linux" ? constants.O_DSYNC : 0;

/** A text as it stands in a journal's file. */
export function framed(text: string): Buffer {
  const length = Buffer.byteLength(text, "utf8");
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + length);
  bytes.write(text, HEAD_BYTES, "utf8");
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt32LE(crc32(bytes.subarray(HEAD_BYTES)), 4);
  return bytes;
}

/** The text that `framed` was given, in UTF-8. */
export function bodyOf(bytes: Buffer): Buffer {
  return bytes.subarray(HEAD_BYTES);
}

/**
 * Texts appended to a file, each durable when `append` returns. A file that was cut in the middle of an append, which nobody was told of,
 * reads as if that append had not begun.
 */
export class JournalFile {
  readonly #path: string;
  #handle: FileHandle | null = null;
  #length = 0;
  #isBroken = false;

  private constructor(path: string) {
    this.#path = path;
  }

  /** The file and the texts in it, as they stand there; a file that is not there holds none and is made by the first `append`. Errors: `store.damaged`. */
  static async open(path: string): Promise<{ file: JournalFile; texts: Buffer[] }> {
    const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return Buffer.alloc(0);
      throw storeFailure(cause, path);
    });
    const { texts, length } = readTexts(bytes, path);
    const file = new JournalFile(path);
    file.#length = length;
    return { file, texts };
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Appends a text that `framed` made. Errors: `store.full_disk`, `store.read_only`, `store.broken`; the text is then not there. */
  async append(bytes: Buffer): Promise<void> {
    if (this.#isBroken) throw new AssayError("store.broken", "the journal stopped after a failed write", { place: this.#path });
    try {
      const handle = await this.#opened();
      for (let at = 0; at < bytes.length; ) {
        at += (await handle.write(bytes, at, bytes.length - at, this.#length + at)).bytesWritten;
      }
      if (SYNCED === 0) await handle.datasync();
      this.#length += bytes.length;
    } catch (cause) {
      this.#cut();
      const failure = storeFailure(cause, this.#path);
      // After such a failure nobody knows what the disk holds.
      if (failure.code === "store.broken") this.#isBroken = true;
      throw failure;
    }
  }

  /** Empties the file, for what was in it stands elsewhere, durably. Where that fails nothing is appended any more. */
  async clear(): Promise<void> {
    if (this.#length === 0) return;
    try {
      const handle = await this.#opened();
      await handle.truncate(0);
      await handle.sync();
      this.#length = 0;
    } catch {
      this.#isBroken = true;
    }
  }

  /** Closes the file and, where it is empty, takes it away. */
  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
    if (this.#length === 0) await rm(this.#path, { force: true });
  }

  async #opened(): Promise<FileHandle> {
    if (this.#handle !== null) return this.#handle;
    const handle = await open(this.#path, constants.O_RDWR | constants.O_CREAT | SYNCED, 0o600);
    this.#handle = handle;
    await handle.truncate(this.#length);
    syncFolder(dirname(this.#path));
    return handle;
  }

  /** Takes back what a failed append left, so that the next one follows the last whole text. */
  #cut(): void {
    if (this.#handle === null) return;
    try {
      ftruncateSync(this.#handle.fd, this.#length);
      fsyncSync(this.#handle.fd);
    } catch {
      this.#isBroken = true;
    }
  }
}

/** Makes the name of a new file durable; Windows has no such call, and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The whole texts of a journal and the bytes that they take. Errors: `store.damaged` where what is broken is not its last text. */
function readTexts(bytes: Buffer, path: string): { readonly texts: Buffer[]; readonly length: number } {
  const texts: Buffer[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const from = at + HEAD_BYTES;
    const to = from + bytes.readUInt32LE(at);
    const body = bytes.subarray(from, to);
    const isWhole = to <= bytes.length && to > from && crc32(body) === bytes.readUInt32LE(at + 4);
    if (!isWhole) {
      if (to >= bytes.length || bytes.subarray(at).every((byte) => byte === 0)) break;
      throw new AssayError("store.damaged", `the journal is broken at byte ${at}, before its end`, { place: path });
    }
    texts.push(bytes.subarray(at, to));
    at = to;
  }
  return { texts, length: at };
}

const codes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOSPC: ["store.full_disk", "there is no space left to write"],
  EDQUOT: ["store.full_disk", "there is no space left to write"],
  EROFS: ["store.read_only", "the journal cannot be written"],
  EACCES: ["store.read_only", "the journal cannot be written"],
  EPERM: ["store.read_only", "the journal cannot be written"],
};

function storeFailure(cause: unknown, path: string): AssayError {
  const [code, detail] = codes[(cause as NodeJS.ErrnoException).code ?? ""] ?? ["store.broken", "the journal cannot be read or written"];
  return new AssayError(code, detail, { place: path, cause });
}
