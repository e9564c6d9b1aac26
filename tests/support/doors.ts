import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuthSettings, Doorkeeper } from "../../api/auth/doorkeeper.ts";
import type { Act, Credentials, Gatekeeper } from "../../api/http/principal.ts";
import { findTheory, type Theory } from "../../logic/theory.ts";
import { StrictClock, systemClock } from "../../schema/clock.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { SHOP, theoryFrom } from "./fact_bases.ts";
import { type Served, type ServeTestOptions, withService } from "./services.ts";

/** A gatekeeper that stands at the door of a service that is up before it is. */
class LateDoor implements Gatekeeper {
  door: Doorkeeper | null = null;

  identify(credentials: Credentials): Promise<Principal> {
    return this.#opened().identify(credentials);
  }

  authorize(principal: Principal, act: Act): Promise<void> {
    return this.#opened().authorize(principal, act);
  }

  #opened(): Doorkeeper {
    if (this.door === null) throw new Error("the door is not there yet");
    return this.door;
  }
}

/** The shop and what theories of access know, behind a door with the given locks. */
export async function withDoor(
  settings: Partial<AuthSettings>,
  test: (served: Served) => Promise<void>,
  options: ServeTestOptions = {},
): Promise<void> {
  const late = new LateDoor();
  const theories: readonly Theory[] = [theoryFrom(SHOP), await findTheory("access")];
  const run = async (served: Served): Promise<void> => {
    const door = await doorOf(served.base, settings);
    late.door = door;
    try {
      await test(served);
    } finally {
      door.close();
    }
  };
  await withService(run, { theories, gatekeeper: late, ...options });
}

export async function doorOf(base: FactBase, settings: Partial<AuthSettings>): Promise<Doorkeeper> {
  const policy = settings.policy ?? (await findTheory("authz"));
  return Doorkeeper.open(base, new StrictClock(systemClock), {
    keys: null,
    jwt: null,
    tokens: null,
    certificates: null,
    ...settings,
    policy,
  });
}

export function bearer(credential: string): { readonly authorization: string } {
  return { authorization: `Bearer ${credential}` };
}

/** A folder of its own. */
export function folder(): string {
  return mkdtempSync(join(tmpdir(), "assay-door-"));
}

/** Writes a file into a folder, and gives its path. */
export function fileIn(directory: string, name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

export const hasOpenssl = ((): boolean => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** An authority that OpenSSL made, and certificates that it issued, as PEM files of a folder. */
export class Authority {
  readonly directory: string;
  readonly certificate: string;
  readonly #name: string;

  constructor(directory: string, name: string) {
    this.directory = directory;
    this.#name = name;
    this.certificate = join(directory, `${name}.pem`);
    const key = join(directory, `${name}.key`);
    const subject = [
      "-subj",
      `/CN=${name}`,
      "-addext",
      "basicConstraints=critical,CA:TRUE",
      "-addext",
      "keyUsage=critical,keyCertSign,cRLSign",
    ];
    this.#openssl("req", "-x509", ...CURVE, "-nodes", "-keyout", key, "-out", this.certificate, "-days", "2", ...subject);
  }

  /** Issues a certificate with alternative names as OpenSSL writes them: `URI:spiffe://example.org/ci`. */
  issue(name: string, alternatives: string): { readonly certificate: string; readonly key: string } {
    const [certificate, key] = [join(this.directory, `${name}.pem`), join(this.directory, `${name}.key`)];
    const request = join(this.directory, `${name}.csr`);
    const extensions = fileIn(this.directory, `${name}.ext`, `subjectAltName=${alternatives}\nbasicConstraints=critical,CA:FALSE\n`);
    this.#openssl("req", "-new", ...CURVE, "-nodes", "-keyout", key, "-out", request, "-subj", `/CN=${name}`);
    const authority = ["-CA", this.certificate, "-CAkey", join(this.directory, `${this.#name}.key`), "-CAcreateserial"];
    this.#openssl("x509", "-req", "-in", request, ...authority, "-out", certificate, "-days", "1", "-extfile", extensions);
    return { certificate, key };
  }

  #openssl(...args: readonly string[]): void {
    execFileSync("openssl", args, { stdio: "pipe" });
  }
}

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
