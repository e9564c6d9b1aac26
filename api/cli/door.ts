import type { Clock } from "../../schema/clock.ts";
import { envelopeJson } from "../report/envelope_json.ts";
import { errorText } from "../report/error_text.ts";
import { type Format, printError, reportFiles, reportStream } from "../report/format.ts";
import { plainStyle, type Style } from "../report/style.ts";
import { excerpt } from "./excerpt.ts";
import type { Output } from "./format_option.ts";
import type { Host } from "./host.ts";
import type { Outcome } from "./outcome.ts";
import { Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";
import { writeReport } from "./write_report.ts";

type Chunks = Iterable<string | Uint8Array>;

/** What the composition root lends every command. */
export class Door {
  readonly clock: Clock;
  readonly host: Host;
  readonly terminal: Terminal;

  constructor(clock: Clock, host: Host) {
    this.clock = clock;
    this.host = host;
    this.terminal = new Terminal(host, clock);
  }

  /** Prints an outcome and sets the exit code. An error's text and all events go to stderr, so that stdout holds answers only. */
  async answer(outcome: Outcome, json: boolean): Promise<void> {
    await this.report(outcome, [{ format: json ? "json" : "tty", file: null }]);
  }

  /** Prints an outcome in every form asked for, files first, and sets the exit code. Errors: `report.unwritable`. */
  async report(outcome: Outcome, outputs: readonly Output[]): Promise<void> {
    for (const { format, file } of outputs) if (file !== null) await writeReport(file, this.#files(outcome, format));
    this.host.setExitCode(outcome.exit);
    for (const { format, file } of outputs) {
      if (file !== null) continue;
      if (format === "tty") await this.#show(outcome);
      else for (const chunk of stream(outcome, format)) await this.terminal.out(chunk);
    }
  }

  /** The texts of an outcome in one form, a file each. */
  #files(outcome: Outcome, format: Format): readonly Chunks[] {
    const { report } = outcome;
    const isWhole = format === "tty" || format === "json" || report === undefined;
    return isWhole ? [stream(outcome, format)] : reportFiles(format, report);
  }

  async #show(outcome: Outcome): Promise<void> {
    for (const event of outcome.envelope.events) this.terminal.err(`${errorText(event, this.terminal.errorStyle, "warning", excerpt)}\n\n`);
    if (!outcome.envelope.ok) {
      this.terminal.err([...textChunks(outcome, this.terminal.errorStyle)].join(""));
      return;
    }
    for (const chunk of textChunks(outcome, this.terminal.style)) await this.terminal.out(chunk);
  }
}

/** An outcome in one form, as one text. */
function stream(outcome: Outcome, format: Format): Chunks {
  if (format === "json") return [envelopeJson(outcome.envelope)];
  if (format === "tty") return textChunks(outcome, plainStyle);
  const { error } = outcome.envelope;
  if (error !== null) return [printError(format, error, packageVersion(), outcome.exit)];
  if (outcome.report === undefined) throw new Error(`there is no verdict to print as ${format}`);
  return reportStream(format, outcome.report);
}

function textChunks(outcome: Outcome, style: Style): Chunks {
  const text = outcome.text(style);
  return typeof text === "string" ? [`${text}\n`] : text;
}
