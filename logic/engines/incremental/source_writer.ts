/**
 * Collects the source of one generated function and the objects it works on. The text holds nothing but what the engine itself
 * writes, integers and names that this class makes up: whatever comes from a program is reached through the environment.
 */
export class SourceWriter {
  readonly environment: Record<string, unknown> = {};
  readonly #names = new Map<unknown, string>();
  readonly #hoisted = new Map<string, string>();
  readonly #start: string[] = [];
  readonly #lines: string[] = [];
  #depth = 0;
  #count = 0;

  /** The name of an object in the source. */
  object(value: object): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `e${this.#names.size}`;
    this.#names.set(value, name);
    this.environment[name] = value;
    return name;
  }

  fresh(prefix: string): string {
    return `${prefix}${this.#count++}`;
  }

  /** A constant that is read once, at the start of the function. */
  hoist(expression: string, prefix: string): string {
    const known = this.#hoisted.get(expression);
    if (known !== undefined) return known;
    const name = this.fresh(prefix);
    this.#hoisted.set(expression, name);
    return name;
  }

  /** Statements at the start of the function. */
  atStart(text: string): void {
    this.#start.push(text);
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** Opens a block, which `finish` closes. */
  open(head: string): void {
    this.#lines.push(`${head} {`);
    this.#depth++;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Closes blocks until `depth` are open. */
  closeTo(depth: number): void {
    for (; this.#depth > depth; this.#depth--) this.#lines.push("}");
  }

  /** The whole function, with the fuel of `meter` in a variable; `tail` stands before its last brace. */
  finish(params: string, meter: string, tail: string): string {
    this.closeTo(0);
    const hoisted = [...this.#hoisted].map(([expression, name]) => `const ${name} = ${expression};`);
    return `return function (${params}) {\nlet h = 0;\nlet fuel = ${meter}.fuel;\n${[...hoisted, ...this.#start].join("\n")}\n${this.#lines.join("\n")}\n${tail}\n};`;
  }
}
