import { unreachable } from "../../../schema/unreachable.ts";
import type { CallTerm, Functor, OperationTerm, Operator } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrOperator } from "../ir.ts";

/** How many arguments a functor takes: `[least, most]`. */
const functorArity: Readonly<Record<Functor, readonly [number, number]>> = {
  cat: [1, Number.POSITIVE_INFINITY],
  min: [1, Number.POSITIVE_INFINITY],
  max: [1, Number.POSITIVE_INFINITY],
  range: [2, 3],
  substr: [3, 3],
  strlen: [1, 1],
  ord: [1, 1],
  to_number: [1, 1],
  to_string: [1, 1],
  to_unsigned: [1, 1],
  to_float: [1, 1],
  itou: [1, 1],
  itof: [1, 1],
  utoi: [1, 1],
  utof: [1, 1],
  ftoi: [1, 1],
  ftou: [1, 1],
};

/** Reports a functor that has too few or too many arguments; false then. */
export function checkFunctorArity(call: CallTerm, sink: DiagnosticSink): boolean {
  const [least, most] = functorArity[call.functor];
  if (call.args.length >= least && call.args.length <= most) return true;
  const wanted = least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} or ${most}`;
  const message = `\`${call.functor}\` takes ${wanted} ${wanted === "1" ? "argument" : "arguments"}, not ${call.args.length}`;
  sink.error("check.arity", { span: call.span, text: call.functor }, message, null);
  return false;
}

/** The intermediate form's name of a functor other than `range`. */
export function functorOperator(functor: Exclude<Functor, "range">): IrOperator {
  switch (functor) {
    case "itou":
    case "ftou":
      return "to_unsigned";
    case "itof":
    case "utof":
      return "to_float";
    case "utoi":
    case "ftoi":
      return "to_number";
    case "cat":
    case "strlen":
    case "substr":
    case "ord":
    case "to_number":
    case "to_string":
    case "to_unsigned":
    case "to_float":
    case "min":
    case "max":
      return functor;
    default:
      return unreachable(functor);
  }
}

const unary: readonly Operator[] = ["bnot", "lnot", "abs"];

/** The intermediate form's name of an operator with that many operands, or null where it takes another number of them. */
export function operationOperator(operation: OperationTerm): IrOperator | null {
  const { op, args } = operation;
  if (op === "-" && args.length === 1) return "neg";
  return args.length === (unary.includes(op) ? 1 : 2) ? op : null;
}
