import { AssayError } from "../../../schema/assay_error.ts";
import type { KernelParameters } from "../../../verify/jobs/kernel.ts";

/** A parameter that is one text. Errors: `job.kernel`. */
export function textParameter(kernel: string, parameters: KernelParameters, name: string): string {
  const value = parameters[name];
  if (typeof value === "string" && value !== "") return value;
  throw new AssayError("job.kernel", `the kernel \`${kernel}\` takes a text \`${name}\``);
}

/** A parameter that is a list of texts, or one; null where it is absent. */
export function listParameter(parameters: KernelParameters, name: string): readonly string[] | null {
  const value = parameters[name];
  if (value === undefined) return null;
  return typeof value === "string" ? [value] : value;
}

/** Errors: `job.kernel` for a parameter that is none of these. */
export function refuseOthers(kernel: string, parameters: KernelParameters, known: readonly string[]): void {
  const other = Object.keys(parameters).find((name) => !known.includes(name));
  if (other === undefined) return;
  const takes = known.map((name) => `\`${name}\``).join(", ");
  throw new AssayError("job.kernel", `the kernel \`${kernel}\` takes ${takes}, and no \`${other}\``);
}
