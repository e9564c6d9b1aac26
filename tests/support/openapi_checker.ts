import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

export interface Schema {
  readonly [keyword: string]: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly [media: string]: { readonly schema?: Schema };
}

export interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: { readonly content?: Content } };
  readonly path: string;
  readonly method: string;
}

interface Document {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Omit<Operation, "path" | "method"> } };
  readonly components: { readonly schemas: { readonly [name: string]: Schema } };
}

/** An answer as far as a document speaks about it. */
export interface Observed {
  readonly status: number;
  readonly media: string;
  readonly text: string;
}

/** An OpenAPI 3.1 document as a judge of answers. */
export class OpenApiChecker {
  readonly operations: readonly Operation[];
  readonly #document: Document;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: unknown) {
    this.#document = document as Document;
    this.#ajv.addSchema({ $id: "assay:", components: this.#referring(this.#document.components) });
    this.operations = Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
    );
  }

  /** A component that a schema refers to, or the schema itself. */
  resolved(schema: Schema): Schema {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema["$ref"] ?? ""))?.[1];
    if (name === undefined) return schema;
    const found = this.#document.components.schemas[name];
    if (found === undefined) throw new Error(`no component ${name}`);
    return found;
  }

  /** Says what is wrong with an answer; null where the document admits it. */
  fault(operation: Operation, { status, media, text }: Observed): string | null {
    if (status >= 500 && status !== 503 && status !== 504 && status !== 507) return `status ${status}`;
    const response = operation.responses[String(status)] ?? (status >= 400 ? operation.responses["default"] : undefined);
    if (response === undefined) return `status ${status} is not documented`;
    if (response.content === undefined) return text === "" ? null : "a body where none is documented";
    const type = media.split(";")[0]?.trim() ?? "";
    const entry = Object.entries(response.content).find(([name]) => name.split(";")[0] === type);
    if (entry === undefined) return `media type \`${media}\` under status ${status} is not documented`;
    const { schema } = entry[1];
    if (schema === undefined) return null;
    const check = this.#check(schema);
    const texts = type === "text/event-stream" ? [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data ?? "") : [text];
    return texts.every((one) => check(JSON.parse(one))) ? null : `status ${status}: ${JSON.stringify(check.errors).slice(0, 600)}`;
  }

  #check(schema: Schema): ValidateFunction {
    const key = JSON.stringify(schema);
    const known = this.#compiled.get(key) ?? this.#ajv.compile(this.#referring(schema) as Schema);
    this.#compiled.set(key, known);
    return known;
  }

  #referring(value: unknown): unknown {
    return JSON.parse(JSON.stringify(value).replaceAll('"#/components/', '"assay:#/components/'));
  }
}
