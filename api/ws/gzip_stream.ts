import { constants, crc32, deflateRawSync } from "node:zlib";
import { crcShift, joinedCrc } from "./crc.ts";

/** A part of a gzip stream that is the same in every stream: whole blocks that end with a byte and refer to nothing before them. */
export interface GzipPart {
  readonly bytes: Buffer;
  /** Of the text, for the end of the stream. */
  readonly crc: number;
  readonly length: number;
  readonly shift: number;
}

/** Magic, deflate, no name and no time, from a system that is not known (RFC 1952, section 2.3). */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** An empty last block with fixed codes (RFC 1951, section 3.2.6). */
const LAST_BLOCK = Buffer.from([3, 0]);
const STORED_MOST = 0xffff;
const STORED_HEAD = 5;
/** What fits a packet costs more to compress than to send. */
const COMPRESSED_FROM = 1_400;
/** Quick, and better on hashes in hex than levels and windows that find more and shorter repetitions. */
const COMPRESSION = { level: 4, strategy: constants.Z_FILTERED, windowBits: 12, finishFlush: constants.Z_SYNC_FLUSH };
const WORD = 2 ** 32;

/** A text as part of a gzip stream, compressed by itself. */
export function compressedPart(text: Buffer): GzipPart {
  return text.length < COMPRESSED_FROM ? storedPart(text) : partOf(text, deflateRawSync(text, COMPRESSION));
}

/** A text as part of a gzip stream, as it is. */
export function storedPart(text: Buffer): GzipPart {
  const blocks: Buffer[] = [];
  for (let from = 0; from < text.length; from += STORED_MOST) {
    const block = text.subarray(from, from + STORED_MOST);
    const head = Buffer.alloc(STORED_HEAD);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(block.length ^ STORED_MOST, 3);
    blocks.push(head, block);
  }
  return partOf(text, Buffer.concat(blocks));
}

function partOf(text: Buffer, bytes: Buffer): GzipPart {
  return { bytes, crc: crc32(text), length: text.length, shift: crcShift(text.length) };
}

/** One gzip stream (RFC 1952) put together of parts that other streams have too. */
export class GzipStream {
  #crc = 0;
  #length = 0;

  /** What the stream begins with. */
  get head(): Buffer {
    return HEAD;
  }

  /** The bytes of the next part. */
  next(part: GzipPart): Buffer {
    this.#crc = joinedCrc(this.#crc, part.crc, part.shift);
    this.#length = (this.#length + part.length) % WORD;
    return part.bytes;
  }

  /** What the stream ends with. */
  end(): Buffer {
    const sums = Buffer.alloc(8);
    sums.writeUInt32LE(this.#crc, 0);
    sums.writeUInt32LE(this.#length, 4);
    return Buffer.concat([LAST_BLOCK, sums]);
  }
}
