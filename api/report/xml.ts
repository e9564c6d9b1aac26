/** Text inside an element. Characters that XML 1.0 has no form for become U+FFFD. */
export function xmlText(text: string): string {
  return wellFormed(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** `name="value"` for each attribute that has a value, each behind a space. */
export function xmlAttributes(attributes: Readonly<Record<string, string | number | null>>): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== null);
  return given.map(([name, value]) => ` ${name}="${xmlValue(String(value))}"`).join("");
}

/** A reader turns line ends and tabs in an attribute into spaces, so they are written as references. */
function xmlValue(text: string): string {
  return xmlText(text)
    .replaceAll('"', "&quot;")
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function wellFormed(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}
