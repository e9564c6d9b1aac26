const NAMES: ReadonlySet<string> = new Set(["gzip", "x-gzip"]);

/** Whether an `Accept-Encoding` names gzip and does not weigh it with 0 (RFC 9110, section 12.5.3). */
export function acceptsGzip(header: string | readonly string[] | undefined): boolean {
  const codings = String(header ?? "").split(",");
  return codings.some((coding) => {
    const [name = "", ...parameters] = coding.split(";").map((part) => part.trim().toLowerCase());
    return NAMES.has(name) && !parameters.some((parameter) => /^q\s*=\s*0(\.0*)?$/.test(parameter));
  });
}
