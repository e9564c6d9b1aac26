import type { Clock } from "../../schema/clock.ts";
import { envelopeJson } from "../report/envelope_json.ts";
import { errorText } from "../report/error_text.ts";
import { excerpt } from "./excerpt.ts";
import type { Host } from "./host.ts";
import type { Outcome } from "./outcome.ts";
import { Terminal } from "./terminal.ts";

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
    this.host.setExitCode(outcome.exit);
    if (json) {
      await this.terminal.out(envelopeJson(outcome.envelope));
      return;
    }
    for (const event of outcome.envelope.events) this.terminal.err(`${errorText(event, this.terminal.errorStyle, "warning", excerpt)}\n\n`);
    if (!outcome.envelope.ok) {
      const text = outcome.text(this.terminal.errorStyle);
      this.terminal.err(`${typeof text === "string" ? text : [...text].join("")}\n`);
      return;
    }
    const text = outcome.text(this.terminal.style);
    if (typeof text === "string") await this.terminal.out(`${text}\n`);
    else for (const chunk of text) await this.terminal.out(chunk);
  }
}
