import { nearest } from "../../../logic/language/did_you_mean.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import type { Kernel } from "../../../verify/jobs/kernel.ts";
import { entityIdsKernel } from "./entity_ids_kernel.ts";
import { newsKernel } from "./news_kernel.ts";
import { settledKernel } from "./settled_kernel.ts";

/** Every kernel there is. A changed kernel gets another version: its hash is what receipts go by. */
export const kernels: readonly Kernel[] = [entityIdsKernel, settledKernel, newsKernel];

/** Errors: `job.kernel`. */
export function kernelOf(name: string): Kernel {
  const found = kernels.find((kernel) => kernel.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    kernels.map((kernel) => kernel.name),
  );
  throw new AssayError("job.kernel", `there is no kernel \`${name}\``, near === null ? {} : { help: `did you mean \`${near}\`?` });
}
