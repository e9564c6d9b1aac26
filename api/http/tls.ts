import { readFileSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { createSecureContext, Server as TlsServer } from "node:tls";
import { AssayError } from "../../schema/assay_error.ts";

/** Files in PEM that a service over HTTPS shows and checks by. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** The authorities of clients' certificates, which are asked for where this is given. */
  readonly clientAuthorities: string | null;
}

interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: "TLSv1.2";
  readonly ca?: Buffer;
  readonly requestCert?: boolean;
  /** A client without a certificate may have another credential; whoever identifies it looks. */
  readonly rejectUnauthorized?: boolean;
}

/** What Node's TLS takes. Errors: `auth.config`. */
export function tlsOptions({ certificate, key, clientAuthorities }: TlsFiles): TlsOptions {
  const clients = clientAuthorities === null ? {} : { ca: readPem(clientAuthorities), requestCert: true, rejectUnauthorized: false };
  const options = { cert: readPem(certificate), key: readPem(key), minVersion: "TLSv1.2", ...clients } as const;
  try {
    createSecureContext(options);
  } catch {
    throw new AssayError("auth.config", `\`${certificate}\` and \`${key}\` are no certificate and its key`, { place: certificate });
  }
  return options;
}

/** Takes changed files up with the next connection; while they cannot be used, `onFailure` hears so and the old ones serve. */
export function rotateTls(server: Server, files: TlsFiles, onFailure: (path: string) => void): void {
  if (!(server instanceof TlsServer)) throw new Error("a server without TLS has no certificates");
  let known = versionOf(files);
  server.prependListener("connection", () => {
    const version = versionOf(files);
    if (version === known) return;
    known = version;
    try {
      server.setSecureContext(tlsOptions(files));
    } catch (cause) {
      onFailure(cause instanceof AssayError ? (cause.place ?? files.certificate) : files.certificate);
    }
  });
}

function versionOf({ certificate, key, clientAuthorities }: TlsFiles): string {
  return [certificate, key, clientAuthorities]
    .map((path) => {
      const stat = path === null ? undefined : statSync(path, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? "" : `${stat.mtimeNs}.${stat.ctimeNs}.${stat.size}.${stat.ino}`;
    })
    .join();
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (\`${String(cause.code)}\`)` : "";
    throw new AssayError("auth.config", `\`${path}\` cannot be read${code}`, { place: path });
  }
}
