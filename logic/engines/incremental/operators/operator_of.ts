import { unreachable } from "../../../../schema/unreachable.ts";
import type { ValueType } from "../../../../schema/value.ts";
import type { IrOperation, IrTest } from "../../../language/ir.ts";
import { numberBits, unsignedBits } from "./bits.ts";
import { conversion } from "./conversions.ts";
import { extreme } from "./extremes.ts";
import {
  absoluteFloat,
  addFloats,
  divideFloats,
  multiplyFloats,
  negateFloat,
  powerFloats,
  remainderFloats,
  subtractFloats,
} from "./floats.ts";
import { logicOperators } from "./logic.ts";
import {
  absoluteNumber,
  addNumbers,
  divideNumbers,
  multiplyNumbers,
  negateNumber,
  powerNumbers,
  remainderNumbers,
  subtractNumbers,
} from "./numbers.ts";
import type { Operator } from "./runtime.ts";
import { field, quote, record, unquote } from "./structures.ts";
import { concatenate, ordinalNumber, ordinalUnsigned, substring, symbolLength } from "./symbols.ts";
import { contains, matches } from "./text_tests.ts";
import {
  addUnsigneds,
  divideUnsigneds,
  multiplyUnsigneds,
  negateUnsigned,
  powerUnsigneds,
  remainderUnsigneds,
  subtractUnsigneds,
} from "./unsigneds.ts";
import { wrapping } from "./wrapping.ts";

type Arithmetic = "+" | "-" | "*" | "/" | "%" | "^" | "neg" | "abs";

const arithmetic: Readonly<Record<"number" | "unsigned" | "float", Readonly<Record<Arithmetic, Operator>>>> = {
  number: {
    "+": addNumbers,
    "-": subtractNumbers,
    "*": multiplyNumbers,
    "/": divideNumbers,
    "%": remainderNumbers,
    "^": powerNumbers,
    neg: negateNumber,
    abs: absoluteNumber,
  },
  unsigned: {
    "+": addUnsigneds,
    "-": subtractUnsigneds,
    "*": multiplyUnsigneds,
    "/": divideUnsigneds,
    "%": remainderUnsigneds,
    "^": powerUnsigneds,
    neg: negateUnsigned,
    abs: (_runtime, a) => a,
  },
  float: {
    "+": addFloats,
    "-": subtractFloats,
    "*": multiplyFloats,
    "/": divideFloats,
    "%": remainderFloats,
    "^": powerFloats,
    neg: negateFloat,
    abs: absoluteFloat,
  },
};

/**
 * The function that computes an operation from the cells of its operands, called `operator(runtime, ...operands)`. The meaning is
 * that of the DuckDB engine (`logic/engines/duckdb/operators.ts`), failures included.
 */
export function operatorOf(operation: IrOperation): Operator {
  const { op, type, wrap } = operation;
  return wrap === undefined ? exactOperatorOf(operation) : wrapping(op, type, wrap, exactOperatorOf(operation));
}

function exactOperatorOf(operation: IrOperation): Operator {
  const { op, type } = operation;
  const from = operation.args[0]?.type ?? type;
  switch (op) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "^":
    case "neg":
    case "abs":
      return arithmetic[numeric(type)][op];
    case "band":
    case "bor":
    case "bxor":
    case "bnot":
    case "bshl":
    case "bshr":
    case "bshru":
      return (type === "unsigned" ? unsignedBits : numberBits)[op];
    case "land":
    case "lor":
    case "lxor":
    case "lnot":
      return logicOperators[op];
    case "min":
    case "max":
      return extreme(op, type);
    case "cat":
      return concatenate;
    case "strlen":
      return symbolLength;
    case "substr":
      return substring;
    case "ord":
      return type === "unsigned" ? ordinalUnsigned : ordinalNumber;
    case "to_number":
    case "to_unsigned":
    case "to_float":
    case "to_string":
      return conversion(from, type);
    case "quote":
      return quote(from);
    case "record":
      return record(concatenate);
    case "field":
      return field;
    case "unquote":
      return unquote(type);
    default:
      return unreachable(op);
  }
}

/** The function of a test, called `test(runtime, left, right)`: 1 where it holds, 0 where not, or a failure; negation is the caller's. */
export function testOf(test: IrTest["test"]): Operator {
  return test === "match" ? matches : contains;
}

function numeric(type: ValueType): "number" | "unsigned" | "float" {
  if (type === "symbol") throw new Error("arithmetic on symbols");
  return type;
}
