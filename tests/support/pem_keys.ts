import { generateKeyPairSync } from "node:crypto";

/** A key pair of its own as PEM texts. */
export function pemPair(kind: "ed25519" | "p256" = "ed25519"): { readonly privatePem: string; readonly publicPem: string } {
  const { privateKey, publicKey } =
    kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return {
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}
